/** Peaks of takes, read in parts from where takes are kept; of each take once. */
import { createPeakBuilder } from "../clip/peaks.js";
import type { TakeReference } from "../document/document.js";
import type { TakeStore } from "../storage/projects.js";
import type { WaveSource } from "./wave.js";

/** Seconds that are read at once. */
const PART = 10;

/** Gives the waveform of a take, as far as it has been read; `onMore` is told when there is more. */
export function createTakePeaks(
  takes: Pick<TakeStore, "read">,
  onMore: () => void,
): (take: TakeReference, start: number) => WaveSource {
  const known = new Map<string, { source: WaveSource }>();
  const read = async ({ digest, samples, sampleRate }: TakeReference, entry: { source: WaveSource }): Promise<void> => {
    const builder = createPeakBuilder(sampleRate, samples / sampleRate);
    const step = PART * sampleRate;
    for (let from = 0; from < samples; from += step) {
      builder.add(await takes.read(digest, from, Math.min(samples, from + step)));
      entry.source = { ...entry.source, peaks: { ...builder.peaks } };
      onMore();
    }
    builder.end();
    onMore();
  };
  return (take, start) => {
    let entry = known.get(take.digest);
    if (entry === undefined) {
      entry = { source: { id: take.digest, start, peaks: { sampleRate: take.sampleRate, levels: [], ready: 0 } } };
      known.set(take.digest, entry);
      // A take that cannot be read has no waveform; hearing it says why.
      read(take, entry).catch(() => undefined);
    }
    return { ...entry.source, start };
  };
}
