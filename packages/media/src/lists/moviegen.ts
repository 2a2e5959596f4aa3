/**
 * The list of Movie Gen Audio Bench (github.com/facebookresearch/MovieGenBench, `MovieGenAudioBenchSfx.jsonl`): one object per line with
 * `id`, `video_prompt` and `audio_prompt`, and `music_prompt` where there is music. Videos are `ID.mp4`, and made by a network.
 */
import { parseJsonLines } from "./csv.js";
import type { ListedClip } from "./listed-clip.js";

/** Clips of the list; the caption is what should be heard. */
export function* parseMovieGen(text: string, name: string): Generator<ListedClip, void, undefined> {
  for (const { entry, wrong } of parseJsonLines(text, name)) {
    const { id, audio_prompt: prompt } = (entry ?? {}) as Record<string, unknown>;
    const known = typeof id === "number" ? String(id) : id;
    if (typeof known !== "string" || known === "" || typeof prompt !== "string")
      throw wrong("has no id or no audio_prompt", "Is it MovieGenAudioBenchSfx.jsonl?");
    yield { files: [{ name: known, start: 0 }], texts: prompt.trim() === "" ? [] : [prompt.trim()] };
  }
}
