/** Why two takes sound different: what they were made with, where it is not the same. */
import type { TakeSettings } from "../../document/document.js";
import type { FoleyEvent } from "../../document/imports.js";

/** One setting that differs. */
export type SettingDifference =
  | {
      readonly what: "prompt" | "negativePrompt" | "model";
      readonly here: string;
      readonly there: string;
    }
  | {
      readonly what: "seed" | "steps" | "guidanceScale" | "videoStrength";
      readonly here: number | undefined;
      readonly there: number | undefined;
    }
  | { readonly what: "anew"; readonly here: TakeSettings["anew"]; readonly there: TakeSettings["anew"] }
  | { readonly what: "events"; readonly moved: number; readonly added: number; readonly removed: number };

/** Seconds up to which two times are one. */
const SAME = 1e-6;
/** Seconds within which an event that is at another time was moved, rather than another one. */
const NEAR = 0.5;

/** What differs from `there` to `here`, in the order of the inspector. */
export function settingsDiff(here: TakeSettings, there: TakeSettings): readonly SettingDifference[] {
  const found: SettingDifference[] = [];
  for (const what of ["prompt", "negativePrompt"] as const)
    if (here[what] !== there[what]) found.push({ what, here: here[what], there: there[what] });
  for (const what of ["seed", "steps", "videoStrength", "guidanceScale"] as const)
    if (here[what] !== there[what]) found.push({ what, here: here[what], there: there[what] });
  const events = eventsDiff(here.events, there.events);
  if (events.moved + events.added + events.removed > 0) found.push({ what: "events", ...events });
  const anew = { here: here.anew, there: there.anew };
  if (anew.here?.start !== anew.there?.start || anew.here?.end !== anew.there?.end) found.push({ what: "anew", ...anew });
  if (here.model !== there.model) found.push({ what: "model", here: here.model, there: there.model });
  return found;
}

/** Counts events that are only here, only there, or at another time or strength. */
function eventsDiff(here: readonly FoleyEvent[], there: readonly FoleyEvent[]) {
  const same = (a: FoleyEvent, b: FoleyEvent): boolean =>
    Math.abs(a.time - b.time) <= SAME && Math.abs(a.strength - b.strength) <= SAME;
  const left = there.filter((event) => !here.some((other) => same(event, other)));
  const fresh = here.filter((event) => !there.some((other) => same(event, other)));
  let moved = 0;
  for (const event of fresh) {
    const nearest = left
      .map((other, index) => ({ index, apart: Math.abs(other.time - event.time) }))
      .sort((a, b) => a.apart - b.apart)[0];
    if (nearest === undefined || nearest.apart > NEAR) continue;
    left.splice(nearest.index, 1);
    moved++;
  }
  return { moved, added: fresh.length - moved, removed: left.length };
}
