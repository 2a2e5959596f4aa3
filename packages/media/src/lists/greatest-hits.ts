/**
 * The list of The Greatest Hits (Owens et al. 2016) as V-AURA writes it (`greatesthit.csv`), one row per stroke of the drumstick:
 * `filename,start_time,occurring_time,end_time,material,action,reaction`. The stroke is the one event that is known of the clip.
 */
import { parseCsvTable, secondsOf } from "./csv.js";
import type { ListedClip } from "./listed-clip.js";

/** Clips of a list of strokes. The caption says action and material. */
export function* parseGreatestHits(text: string, name: string): Generator<ListedClip, void, undefined> {
  const columns = ["filename", "start_time", "occurring_time", "end_time", "material", "action"];
  for (const { row, wrong } of parseCsvTable(text, name, columns)) {
    const start = secondsOf(row["start_time"], "start_time", wrong);
    const stem = (row["filename"] as string).replace(/\.[a-z0-9]{2,4}$/i, "");
    const known = [row["action"], row["material"]].filter((word) => word && word !== "None");
    yield {
      // Videos are named so, or with what was done to their sound.
      files: [stem, `${stem}_denoised`, `${stem}_mic`].map((file) => ({ name: file, start })),
      seconds: secondsOf(row["end_time"], "end_time", wrong) - start,
      texts: known.length > 0 ? [known.join(" ")] : [],
      events: [secondsOf(row["occurring_time"], "occurring_time", wrong) - start],
    };
  }
}
