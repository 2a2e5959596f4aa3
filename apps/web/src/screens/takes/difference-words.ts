/** A difference of settings in words. */
import { decimal } from "../../strings/numbers.js";
import { text } from "../../strings/text.js";
import type { SettingDifference } from "./settings-diff.js";

/** "Seed: 7 here, 3 in the take that is heard". */
export function differenceWords(difference: SettingDifference): string {
  if (difference.what === "events") {
    const { moved, added, removed } = difference;
    return text("takes.difference.events", { moved, added, removed });
  }
  const shown = (value: string | number | undefined): string =>
    value === undefined || value === "" ? "–" : typeof value === "string" ? text("app.quoted", { words: value }) : decimal(value);
  return text("takes.difference", {
    what: text(`takes.setting.${difference.what}`),
    here: shown(difference.here),
    there: shown(difference.there),
  });
}
