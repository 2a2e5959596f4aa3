/** Opens a video in a worker of its own. What comes back over the line is pictures and numbers; the file stays a handle. */
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { type Asker, createAsker } from "./calls.js";
import type { Clip, ClipInfo, Peaks, Refused } from "./clip.js";
import { refusal } from "./refusals.js";
import { watchAnswers } from "./watch-answers.js";

/**
 * Opens a video.
 *
 * @throws FoleyError a sentence for a file that is no video, has no picture, is empty, or has a codec that this browser does not decode
 */
export async function openClip(file: File): Promise<Clip> {
  const worker = new Worker(new URL("./clip-worker.ts", import.meta.url), { type: "module", name: "clip" });
  const asker = createAsker(worker);
  worker.addEventListener("error", ({ message }) => {
    const stopped = text("clip.stopped", { name: file.name, reason: message || text("clip.notStarted") });
    asker.end(new ToldError("bad-file", stopped, { hint: text("clip.stoppedHint") }));
  });
  // A damaged file can keep a reader busy for ever; then it is ended, and the page lives.
  const unwatch = watchAnswers(
    () => asker.ask("ping", undefined),
    () => {
      const hint = text("clip.endlessHint");
      asker.end(new ToldError("bad-file", text("clip.endless", { name: file.name }), { hint }));
      worker.terminate();
    },
  );
  const stop = (): void => {
    unwatch();
    worker.terminate();
  };
  try {
    const answer = await asker.ask<ClipInfo | Refused>("open", { file });
    if ("undecodable" in answer) throw refusal(file.name, answer);
    return clipOf(file, answer, asker, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

type PeakItem =
  | { readonly sampleRate: number; readonly levels: readonly { readonly samplesPerPeak: number; readonly length: number }[] }
  | { readonly ready: number; readonly parts: readonly { readonly first: number; readonly values: Float32Array }[] };

function clipOf(file: File, info: ClipInfo, { ask, end }: Asker, stop: () => void): Clip {
  return {
    info,
    file,
    frameAt: (seconds, width) => ask("frameAt", { seconds, width }),
    filmstrip(times, height, onPicture, signal) {
      const spacing = Math.min(...times.slice(1).map((time, index) => time - (times[index] as number)), info.duration);
      const onItem = ({ index, picture }: { readonly index: number; readonly picture: ImageBitmap }): void =>
        onPicture(index, picture);
      return ask("filmstrip", { times, height, within: spacing }, { signal, onItem });
    },
    peaks(onPeaks, signal) {
      let peaks: Peaks | undefined;
      const onItem = (item: PeakItem): void => {
        if ("levels" in item) {
          const levels = item.levels.map(({ samplesPerPeak, length }) => ({ samplesPerPeak, values: new Float32Array(length) }));
          peaks = { sampleRate: item.sampleRate, levels, ready: 0 };
          return;
        }
        for (const [level, { first, values }] of item.parts.entries()) peaks?.levels[level]?.values.set(values, first);
        if (peaks) peaks = { ...peaks, ready: item.ready };
        if (peaks) onPeaks(peaks);
      };
      return ask("peaks", undefined, { signal, onItem });
    },
    motion(onMotion, signal) {
      const onItem = ({ values, perSecond }: { readonly values: Float32Array; readonly perSecond: number }): void =>
        onMotion(values, perSecond);
      return ask("motion", undefined, { signal, onItem });
    },
    sound: (start, until, sampleRate, signal) => ask("sound", { start, end: until, sampleRate }, { signal }),
    loudness: () => ask("loudness", undefined),
    close() {
      end(new ToldError("disposed", text("clip.closed", { name: file.name }), { hint: text("clip.closedHint") }));
      stop();
    },
  };
}
