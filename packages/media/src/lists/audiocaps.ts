/**
 * The lists of AudioCaps (github.com/cdjkim/audiocaps): `audiocap_id,youtube_id,start_time,caption`, one row per caption, so that clips of
 * the test set come five times; or `name,caption`, as benchmarks pass parts of it on. Clips last 10 s.
 */
import { parseCsv, parseCsvTable, secondsOf } from "./csv.js";
import { sixDigits } from "./kinetics.js";
import type { ListedClip } from "./listed-clip.js";

/** Seconds of a clip. */
const CLIP_SECONDS = 10;

/** Clips of an AudioCaps list, one per caption. */
export function* parseAudioCaps(text: string, name: string): Generator<ListedClip, void, undefined> {
  const [header] = parseCsv(text, name);
  if (header?.fields.some((field) => field.toLowerCase() === "name")) {
    for (const { row } of parseCsvTable(text, name, ["name", "caption"]))
      yield { files: [{ name: row["name"] as string, start: 0 }], seconds: CLIP_SECONDS, texts: [row["caption"] as string] };
    return;
  }
  for (const { row, wrong } of parseCsvTable(text, name, ["audiocap_id", "youtube_id", "start_time", "caption"])) {
    const youtube = row["youtube_id"] as string;
    const start = secondsOf(row["start_time"], "start_time", wrong);
    yield {
      // Collections name the cut clips by the caption, by the video with or without its beginning, or with a Y before it.
      files: [row["audiocap_id"] as string, `${youtube}_${sixDigits(start)}`, `${youtube}_${start}`, youtube, `Y${youtube}`].map(
        (file) => ({ name: file, start: 0 }),
      ),
      seconds: CLIP_SECONDS,
      texts: [row["caption"] as string],
    };
  }
}
