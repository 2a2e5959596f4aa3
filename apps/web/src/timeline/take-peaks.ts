/** Peaks of takes, read in parts from where takes are kept; of each take once. One that is still made is read as far as it is there. */
import { createPeakBuilder } from "../clip/peaks.js";
import type { WaveSource } from "./wave.js";

/** Seconds that are read at once. */
const PART = 10;

/** A take as it is drawn. */
export interface DrawnTake {
  /** Unique; the same while it grows. */
  readonly id: string;
  readonly sampleRate: number;
  /** Samples per channel that it has, or will have. */
  readonly samples: number;
  /** Samples per channel that are there. */
  readonly ready: number;
  read(from: number, to: number): Promise<readonly Float32Array[]>;
}

interface Entry {
  source: WaveSource;
  readonly builder: ReturnType<typeof createPeakBuilder>;
  done: number;
  busy: boolean;
}

/** Gives the waveform of a take, as far as it has been read; `onMore` is told when there is more. */
export function createTakePeaks(onMore: () => void): (take: DrawnTake, start: number) => WaveSource {
  const known = new Map<string, Entry>();
  const read = async (take: DrawnTake, entry: Entry): Promise<void> => {
    const step = PART * take.sampleRate;
    while (entry.done < take.ready) {
      const until = Math.min(take.ready, entry.done + step);
      entry.builder.add(await take.read(entry.done, until));
      entry.done = until;
      if (until === take.samples) entry.builder.end();
      entry.source = { ...entry.source, peaks: { ...entry.builder.peaks } };
      onMore();
    }
    entry.busy = false;
  };
  return (take, start) => {
    let entry = known.get(take.id);
    if (entry === undefined) {
      const { id, sampleRate, samples } = take;
      const builder = createPeakBuilder(sampleRate, samples / sampleRate);
      entry = { source: { id, start, peaks: { sampleRate, levels: [], ready: 0 } }, builder, done: 0, busy: false };
      known.set(id, entry);
    }
    if (!entry.busy && entry.done < take.ready) {
      entry.busy = true;
      // A take that cannot be read has no waveform, and is not read again; hearing it says why.
      read(take, entry).catch(() => undefined);
    }
    return { ...entry.source, start };
  };
}
