/**
 * Which recordings are held out: whole sources, so that no take of a held-out thing is heard in training. Classes in order of their names,
 * sources of a class in order of a hash: sources are taken until a tenth of the class is held out, but none that would leave less than half
 * of any class. A class of one source is heard as a whole.
 */
import { createRandom } from "@foley-control/core";
import type { RecordingEntry } from "./recording.js";

/** Least share of a class that is held out. */
const SHARE = 0.1;
/** Most of a class that is held out. */
const MOST = 0.5;

const rankOf = (source: string): number => createRandom(0, "recordings held out", source).uniform();

/** Sources that are held out. */
export function heldOutSources(entries: readonly Pick<RecordingEntry, "cls" | "source">[]): ReadonlySet<string> {
  const held = new Set<string>();
  const count = (cls: string, fits: (source: string) => boolean): number =>
    entries.filter((entry) => entry.cls === cls && fits(entry.source)).length;
  const mayGo = (source: string): boolean =>
    [...new Set(entries.flatMap((entry) => (entry.source === source ? [entry.cls] : [])))].every(
      (cls) => count(cls, (other) => other === source || held.has(other)) <= MOST * count(cls, () => true),
    );
  for (const cls of [...new Set(entries.map((entry) => entry.cls))].sort()) {
    const sources = [...new Set(entries.flatMap((entry) => (entry.cls === cls ? [entry.source] : [])))];
    for (const source of sources.sort((a, b) => rankOf(a) - rankOf(b))) {
      if (count(cls, (other) => held.has(other)) >= SHARE * count(cls, () => true)) break;
      if (!held.has(source) && mayGo(source)) held.add(source);
    }
  }
  return held;
}
