/** What is heard of a document: the chosen takes, and the video's own sound where it belongs. */
import type { Clip } from "../clip/clip.js";
import type { Cue, StudioDocument, TakeReference } from "../document/document.js";
import type { TakeStore } from "../storage/projects.js";
import type { SoundSource } from "../transport/player.js";
import type { GrowingTake } from "./session.js";

/** Hz at which the video's own sound is read. */
const ORIGINAL_RATE = 48_000;
/** Loudness of silence, LUFS: nothing is made louder or quieter for its sake. */
const SILENCE = -100;
/** Most that the original is made louder or quieter for a comparison, dB. */
const MATCH_LIMIT = 24;

/** What decides what is heard, beside the document. */
export interface Listening {
  /** The original sound alone (A/B). */
  readonly listenToOriginal: boolean;
  /** Nothing is heard. */
  readonly muted?: boolean | undefined;
  /** All takes of a cue as loud as its quietest, so that the louder one does not win for being loud. */
  readonly equalLoudness: boolean;
  /** Loudness of the video's own sound, LUFS, once it is known: alone it is heard as loud as the take it is compared with. */
  readonly originalLoudness?: number | undefined;
  /** A take that is still made, which is heard in place of its cue's chosen one. */
  readonly growing?: { readonly cue: string; readonly take: GrowingTake } | undefined;
}

/**
 * The sources of a document, in the order of its layers; the original last. What may be heard in the next moment (A/B) is there with gain 0. `key` is
 * the same as long as nothing would sound different.
 */
export function soundsOf(
  document: StudioDocument,
  parts: Listening & { readonly clip: Clip | undefined; readonly takes: Pick<TakeStore, "read"> },
): { readonly sources: readonly SoundSource[]; readonly key: string } {
  const { clip, takes, listenToOriginal, equalLoudness, originalLoudness, growing } = parts;
  const sources: SoundSource[] = [];
  /** How loud the first take is as it is heard, LUFS. */
  let compared: number | undefined;
  for (const { muted, gainDb, cues } of document.layers)
    for (const cue of cues) {
      if (growing?.cue === cue.id) {
        if (!muted) sources.push(ofGrowing(growing.take, cue, listenToOriginal ? 0 : linear(gainDb)));
        continue;
      }
      const take = cue.takes.find(({ id }) => id === cue.chosen);
      if (take === undefined || muted) continue;
      const change = gainDb + (equalLoudness ? attenuation(take, cue) : 0);
      compared ??= take.loudness > SILENCE ? take.loudness + change : undefined;
      sources.push(ofTake(take, cue, takes, listenToOriginal ? 0 : linear(change)));
    }
  // A clip without a take yet sounds as it is.
  const alone = listenToOriginal || sources.length === 0;
  const mixed = document.original.use === "mix" ? linear(document.original.gainDb) : 0;
  const own = clip?.info.sound;
  if (clip !== undefined && own !== undefined)
    sources.push({
      id: "original",
      sampleRate: ORIGINAL_RATE,
      channels: Math.min(2, own.channels),
      start: 0,
      duration: Math.min(own.duration, clip.info.duration),
      gain: alone ? matching(originalLoudness, compared) : mixed,
      read: (from, to) => clip.sound(from / ORIGINAL_RATE, to / ORIGINAL_RATE, ORIGINAL_RATE),
    });
  // All stay in their places, so that what comes back goes on.
  if (parts.muted) for (const [index, source] of sources.entries()) sources[index] = { ...source, gain: 0 };
  return { sources, key: JSON.stringify(sources.map(({ id, start, gain }) => [id, start, gain])) };
}

/** The gain that makes the original as loud as what it is compared with; 1 where either is not known. */
function matching(own: number | undefined, compared: number | undefined): number {
  if (own === undefined || compared === undefined || own <= SILENCE) return 1;
  return linear(Math.max(-MATCH_LIMIT, Math.min(MATCH_LIMIT, compared - own)));
}

const linear = (decibels: number): number => 10 ** (decibels / 20);

/** dB that bring a take to the loudness of the quietest of its cue that is no silence; never above 0, so nothing clips. */
function attenuation(take: TakeReference, cue: Cue): number {
  const audible = cue.takes.map(({ loudness }) => loudness).filter((loudness) => loudness > SILENCE);
  return take.loudness > SILENCE ? Math.min(...audible) - take.loudness : 0;
}

/** What of it is not there yet is silent. */
function ofGrowing({ id, sampleRate, channels, samples, read }: GrowingTake, cue: Cue, gain: number): SoundSource {
  const duration = Math.min(samples / sampleRate, cue.end - cue.start);
  return { id: `${cue.id} ${id}`, sampleRate, channels, start: cue.start, duration, gain, read };
}

function ofTake(take: TakeReference, cue: Cue, takes: Pick<TakeStore, "read">, gain: number): SoundSource {
  return {
    id: `${cue.id} ${take.digest}`,
    sampleRate: take.sampleRate,
    channels: take.channels,
    start: cue.start,
    duration: Math.min(take.samples / take.sampleRate, cue.end - cue.start),
    gain,
    read: (from, to) => takes.read(take.digest, from, to),
  };
}
