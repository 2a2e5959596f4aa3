/**
 * A sound that is there already, of which a stretch is made anew, or which is gone on with: which latents stay, what they are made of, and which
 * samples of it are heard in the end.
 */
import type { AudioCodec } from "@foley-control/core";
import { checkPcm, fitLength, type Pcm, resamplePcm, withChannels } from "@foley-control/media";
import type { Span } from "../clip/span.js";
import type { GenerateOptions, TimeRange } from "../options.js";
import { wrong } from "../wrong.js";

/** Length of the passages between what stays and what is made, seconds. */
const FADE_SECONDS = 0.02;
/** Rounding of times, in latents: a stretch that ends where a latent does touches no further one. */
const TOUCH = 1e-6;

/** A checked sound, and what becomes of it. */
export interface KnownStretch {
  /** It, at its own rate or that of the codec, whichever is higher, with as many channels as the wider of the two. */
  readonly own: Pcm;
  /** What is made anew, seconds from the beginning of the sound, in order and apart from one another. */
  readonly anew: readonly TimeRange[];
  /** Of so many latents from one on: 1 for those that stay, 0 for those that are made. */
  shares(from: number, frames: number): Float32Array<ArrayBuffer>;
  /** What the codec encodes for these: [1, channels, frames · hop], silent where the sound has ended. */
  encoded(from: number, frames: number): Float32Array<ArrayBuffer>;
  /** How much of the sound is heard at a sample of `own`, 0 to 1. */
  gainAt(sample: number): number;
}

/**
 * Checks what is known against the stretch that gets sound.
 *
 * @throws FoleyError `invalid-argument` naming the option, also where nothing would be left to make
 */
export function knownStretch(
  known: NonNullable<GenerateOptions<unknown>["known"]>,
  span: Span,
  codec: Pick<AudioCodec, "sampleRate" | "channels" | "hop">,
): KnownStretch {
  checkPcm(known.sound, "options.known.sound");
  const rate = Math.max(known.sound.sampleRate, codec.sampleRate);
  const stereo = withChannels(known.sound, Math.min(2, known.sound.channels.length));
  const wide = withChannels(stereo, Math.max(stereo.channels.length, codec.channels));
  const resampled = resamplePcm(wide, rate);
  const own = fitLength(resampled, Math.min(lengthOf(resampled), Math.round(span.duration * rate)));
  const toldCodec = resamplePcm(withChannels(known.sound, codec.channels), codec.sampleRate);
  const ends = lengthOf(own) / rate;
  const anew = rangesOf(known.anew, span, ends);
  const hop = codec.hop / codec.sampleRate;
  const last = Math.ceil(span.duration / hop - TOUCH);
  const stays = (latent: number): boolean =>
    latent < last &&
    anew.every(({ start, end }) => (latent + 1) * hop <= start + TOUCH * hop || latent * hop >= end - TOUCH * hop);
  return {
    own,
    anew,
    shares: (from, frames) => Float32Array.from({ length: frames }, (_, index) => (stays(from + index) ? 1 : 0)),
    encoded(from, frames) {
      const length = frames * codec.hop;
      const data = new Float32Array(codec.channels * length);
      for (const [index, channel] of toldCodec.channels.entries())
        data.set(channel.subarray(from * codec.hop, from * codec.hop + length), index * length);
      return data;
    },
    gainAt(sample) {
      const time = sample / rate;
      if (time >= ends) return 0;
      const range = anew.find(({ start, end }) => time >= start && time < end);
      if (range) {
        // What stays goes over into what is made where that begins, as far as there is some of it left.
        const fade = Math.min(FADE_SECONDS, (range.end - range.start) / 2);
        return Math.max(falling((time - range.start) / fade), falling((range.end - time) / fade));
      }
      return ends < span.duration && anew.at(-1)?.start === ends ? 1 - falling((ends - time) / FADE_SECONDS) : 1;
    },
  };
}

const lengthOf = ({ channels }: Pcm): number => channels[0]?.length ?? 0;

/** From 1 at 0 to 0 at 1. */
const falling = (share: number): number => (share >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * share));

/** What is made anew: what was asked for, and what is behind the end of the sound. */
function rangesOf(asked: readonly TimeRange[] | undefined, span: Span, ends: number): readonly TimeRange[] {
  const clipEnd = span.start + span.duration;
  const given = (asked ?? []).map(({ start, end }) => {
    if (!(Number.isFinite(start) && end > start))
      throw wrong("known.anew", { start, end }, "a stretch that ends behind its beginning");
    if (!(end > span.start && start < clipEnd))
      throw wrong("known.anew", { start, end }, `a stretch within the ${span.start} to ${clipEnd} s that get sound`);
    return { start: Math.max(0, start - span.start), end: Math.min(span.duration, end - span.start) };
  });
  const all = [...given, ...(ends < span.duration ? [{ start: ends, end: span.duration }] : [])].sort(
    (a, b) => a.start - b.start,
  );
  if (all.length === 0)
    throw wrong(
      "known.anew",
      asked,
      "a stretch that is made anew",
      "The sound lasts as long as the clip: without a stretch all of it would stay.",
    );
  const apart: TimeRange[] = [];
  for (const range of all) {
    const before = apart.at(-1);
    if (!before || range.start > before.end) apart.push(range);
    else apart[apart.length - 1] = { start: before.start, end: Math.max(before.end, range.end) };
  }
  return apart;
}
