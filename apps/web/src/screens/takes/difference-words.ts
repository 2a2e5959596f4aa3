/** A difference of settings in words. */
import type { TakeSettings } from "../../document/document.js";
import { decimal } from "../../strings/numbers.js";
import { text } from "../../strings/text.js";
import type { SettingDifference } from "./settings-diff.js";

/** "1.20 to 2.40 s". */
export const rangeWords = ({ start, end }: NonNullable<TakeSettings["anew"]>): string =>
  text("takes.range", { start: decimal(start, 2), end: decimal(end, 2) });

/** "Seed: 7 here, 3 in the take that is heard". */
export function differenceWords(difference: SettingDifference): string {
  if (difference.what === "events") {
    const { moved, added, removed } = difference;
    return text("takes.difference.events", { moved, added, removed });
  }
  const shown = (value: string | number | TakeSettings["anew"]): string => {
    if (value === undefined || value === "") return "–";
    if (typeof value === "object") return rangeWords(value);
    return typeof value === "string" ? text("app.quoted", { words: value }) : decimal(value);
  };
  return text("takes.difference", {
    what: text(`takes.setting.${difference.what}`),
    here: shown(difference.here),
    there: shown(difference.there),
  });
}
