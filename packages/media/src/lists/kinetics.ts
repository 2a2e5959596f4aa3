/**
 * The lists of Kinetics-400, -600, -700 and -700-2020 (github.com/cvdfoundation/kinetics-dataset): `label,youtube_id,time_start,time_end,split`;
 * those of test sets have no label, those of Kinetics-400 a last column `is_cc`. Clips are files `ID_START_END.mp4`, six digits each.
 */
import { parseCsvTable, secondsOf } from "./csv.js";
import type { ListedClip } from "./listed-clip.js";

/** Whole seconds as file names have them. */
export const sixDigits = (seconds: number): string => String(Math.round(seconds)).padStart(6, "0");

/** Clips of a Kinetics list. */
export function* parseKinetics(text: string, name: string): Generator<ListedClip, void, undefined> {
  for (const { row, wrong } of parseCsvTable(text, name, ["youtube_id", "time_start", "time_end"])) {
    const id = row["youtube_id"] as string;
    const start = secondsOf(row["time_start"], "time_start", wrong);
    const end = secondsOf(row["time_end"], "time_end", wrong);
    const label = row["label"] ?? "";
    yield {
      files: [
        { name: `${id}_${sixDigits(start)}_${sixDigits(end)}`, start: 0 },
        { name: id, start },
      ],
      seconds: end - start,
      texts: label === "" ? [] : [label],
      ...(row["split"] ? { split: row["split"] } : {}),
    };
  }
}
