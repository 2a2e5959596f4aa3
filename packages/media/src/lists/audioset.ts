/**
 * The lists of AudioSet (research.google.com/audioset): comments with `#`, then `YTID, start_seconds, end_seconds, "mid,mid"`. The classes
 * are ids of a knowledge base; `class_labels_indices.csv` (`index,mid,display_name`) says what they mean.
 */
import { parseCsv, parseCsvTable, secondsOf } from "./csv.js";
import { sixDigits } from "./kinetics.js";
import type { ListedClip } from "./listed-clip.js";

/** Names of the classes by id. */
export function parseAudioSetLabels(text: string, name: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { row } of parseCsvTable(text, name, ["mid", "display_name"]))
    names.set(row["mid"] as string, row["display_name"] as string);
  return names;
}

/** Clips of an AudioSet list. Its caption are the names of all of its classes. */
export function* parseAudioSet(
  text: string,
  name: string,
  labels: ReadonlyMap<string, string>,
): Generator<ListedClip, void, undefined> {
  for (const { fields, wrong } of parseCsv(text, name)) {
    if (fields[0]?.startsWith("#")) continue;
    if (fields.length !== 4) {
      const what = `has ${fields.length} fields; id, start, end and quoted classes were expected`;
      throw wrong(what, "Is it a list of AudioSet?");
    }
    const [id, from, to, classes] = fields as readonly [string, string, string, string];
    const start = secondsOf(from, "start_seconds", wrong);
    const end = secondsOf(to, "end_seconds", wrong);
    const named = classes.split(",").map((mid) => {
      const known = labels.get(mid.trim());
      if (known === undefined)
        throw wrong(`has the class ${mid.trim()}, which the labels do not name`, "Give class_labels_indices.csv of AudioSet.");
      return known;
    });
    yield {
      files: [
        { name: `${id}_${sixDigits(start)}_${sixDigits(end)}`, start: 0 },
        { name: `${id}_${sixDigits(start)}`, start: 0 },
        { name: id, start },
      ],
      seconds: end - start,
      texts: [named.join(", ")],
    };
  }
}
