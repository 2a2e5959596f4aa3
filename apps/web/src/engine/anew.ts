/**
 * A stretch of a take made anew. The model is shown that stretch and what is around it, no more than it makes at once where that will do, so that of an
 * hour of sound neither memory nor time is spent; everything else of the take is handed on as it is, sample by sample.
 */
import type { SoundPiece, SoundSummary } from "@foley-control/pipeline";
import type { FoleyEvent } from "../document/imports.js";
import type { SoundShape } from "../storage/take-file.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";

/** What of which take is made anew. */
export interface Anew {
  /** Seconds of the clip. */
  readonly start: number;
  /** Seconds of the clip. */
  readonly end: number;
  readonly take: SoundShape & {
    /** What was to be heard. */
    readonly events: readonly FoleyEvent[];
    /** Planar samples. */
    read(from: number, to: number): Promise<readonly Float32Array[]>;
  };
}

/** Seconds on either side of a long stretch that the model is shown, and by which a short one may be shorter than what is made at once. */
const AROUND = 2;
/** Seconds of the take that are read at once. */
const PART = 10;

/** Samples of a take. */
interface Samples {
  readonly from: number;
  readonly to: number;
}

/**
 * What the model is shown, in samples of the take, whose first one is at `begins` in the clip.
 *
 * @param longest - seconds that are made at once
 */
export function shownOf({ start, end, take }: Anew, begins: number, longest: number): Samples {
  const { sampleRate, samples } = take;
  const wanted = Math.ceil(Math.max(longest, end - start + 2 * AROUND) * sampleRate);
  if (samples <= wanted) return { from: 0, to: samples };
  const middle = Math.round(((start + end) / 2 - begins) * sampleRate);
  const from = Math.max(0, Math.min(samples - wanted, middle - Math.floor(wanted / 2)));
  return { from, to: from + wanted };
}

/** Events of the whole: those of the take, and in the stretch what was made. */
export const eventsAround = ({ start, end, take }: Anew, made: readonly FoleyEvent[]): readonly FoleyEvent[] =>
  [...take.events.filter(({ time }) => time < start || time >= end), ...made].sort((a, b) => a.time - b.time);

/** A model that makes more channels than the take has: they are the same. */
const widened = (channels: readonly Float32Array[], count: number): readonly Float32Array[] =>
  Array.from({ length: count }, (_, index) => channels[index] ?? (channels[0] as Float32Array));

/**
 * The whole take, piece by piece: what is before the part that the model was shown, that part, and what is behind it.
 *
 * @param codec - what the model makes
 * @throws FoleyError `unsupported` for a take of fewer samples a second than the model makes: what stays would be other samples
 */
export async function* around(
  made: AsyncGenerator<SoundPiece, SoundSummary, undefined>,
  { take }: Anew,
  { from, to }: Samples,
  codec: { readonly sampleRate: number; readonly channels: number },
): AsyncGenerator<SoundPiece, SoundSummary, undefined> {
  const { sampleRate, samples } = take;
  if (codec.sampleRate > sampleRate) {
    await made.return(undefined as never);
    throw new ToldError("unsupported", text("make.otherModel"), { hint: text("make.otherModelHint") });
  }
  const count = Math.max(take.channels, codec.channels);
  const totalSeconds = samples / sampleRate;
  const kept = async function* (begin: number, end: number): AsyncGenerator<SoundPiece> {
    for (let at = begin; at < end; at += PART * sampleRate) {
      const channels = widened(await take.read(at, Math.min(end, at + PART * sampleRate)), count);
      yield { sampleRate, channels, startSeconds: at / sampleRate, totalSeconds, events: [] };
    }
  };
  yield* kept(0, from);
  let at = from;
  let next = await made.next();
  for (; !next.done; next = await made.next()) {
    // A clip may end within its last sample.
    const channels = next.value.channels.map((channel) => channel.subarray(0, to - at));
    yield { ...next.value, channels, startSeconds: at / sampleRate, totalSeconds };
    at += channels[0]?.length ?? 0;
  }
  yield* kept(at, samples);
  return next.value;
}
