/** The pieces of a sound on their way to where it is kept, and what is to be said of the whole. No more than one piece of it is here. */
import type { SoundPiece, SoundSummary } from "@foley-control/pipeline";
import { createLoudnessMeter, type LoudnessMeter } from "@foley-control/signal";
import type { FoleyEvent } from "../document/imports.js";
import type { TakeSink } from "./engine.js";
import { createOnsetFinder, type OnsetFinder } from "./onsets.js";

/** What was heard of a sound. */
export interface Heard {
  readonly summary: SoundSummary;
  /** Seconds from the beginning of the sound. */
  readonly onsets: readonly number[];
  /** LUFS. */
  readonly loudness: number;
  /** What is to be heard in it, times of the clip. */
  readonly events: readonly FoleyEvent[];
}

/** Hands on every piece; ends the work when one is not taken. */
export async function listen(stream: AsyncGenerator<SoundPiece, SoundSummary, undefined>, sink: TakeSink): Promise<Heard> {
  let ears: { readonly meter: LoudnessMeter; readonly finder: OnsetFinder } | undefined;
  const events: FoleyEvent[] = [];
  let taken = 0;
  try {
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) {
      const { channels, sampleRate, totalSeconds, events: heard } = next.value;
      const samples = Math.round(totalSeconds * sampleRate);
      if (ears === undefined) {
        ears = { meter: createLoudnessMeter(channels.length, sampleRate), finder: createOnsetFinder(sampleRate) };
        await sink.begin({ sampleRate, channels: channels.length, samples });
      }
      await sink.append(channels);
      const first = channels[0] as Float32Array;
      taken += first.length;
      ears.meter.push(channels);
      ears.finder.push(first, taken >= samples);
      events.push(...heard);
    }
    return {
      summary: next.value,
      onsets: ears?.finder.times() ?? [],
      loudness: ears?.meter.integrated() ?? Number.NEGATIVE_INFINITY,
      events: events.sort((a, b) => a.time - b.time),
    };
  } catch (error) {
    await stream.return(undefined as never).catch(() => undefined);
    throw error;
  }
}
