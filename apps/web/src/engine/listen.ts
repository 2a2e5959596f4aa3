/** The pieces of a sound on their way to where it is kept, and what is to be said of the whole. No more than some seconds of it are here. */
import type { SoundPiece, SoundSummary } from "@foley-control/pipeline";
import { createLoudnessMeter, detectOnsetsInParts, type LoudnessMeter } from "@foley-control/signal";
import type { FoleyEvent } from "../document/imports.js";
import type { TakeSink } from "./engine.js";

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
  let ears: { readonly meter: LoudnessMeter; readonly sampleRate: number; readonly length: number } | undefined;
  const events: FoleyEvent[] = [];
  try {
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) {
      const { channels, sampleRate, totalSeconds, events: heard } = next.value;
      if (ears === undefined) {
        const length = Math.round(totalSeconds * sampleRate);
        ears = { meter: createLoudnessMeter(channels.length, sampleRate), sampleRate, length };
        await sink.begin({ sampleRate, channels: channels.length, samples: length });
      }
      await sink.append(channels);
      ears.meter.push(channels);
      events.push(...heard);
    }
    const read = async (from: number, to: number): Promise<Float32Array> => (await sink.read(from, to))[0] as Float32Array;
    return {
      summary: next.value,
      onsets: ears ? (await detectOnsetsInParts({ ...ears, read })).times : [],
      loudness: ears?.meter.integrated() ?? Number.NEGATIVE_INFINITY,
      events: events.sort((a, b) => a.time - b.time),
    };
  } catch (error) {
    await stream.return(undefined as never).catch(() => undefined);
    throw error;
  }
}
