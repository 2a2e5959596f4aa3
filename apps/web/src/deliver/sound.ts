/** The sound that is taken home: the chosen take of each cue that is not muted, where it belongs in the clip. */
import type { StudioDocument, TakeReference } from "../document/document.js";
import type { TakeStore } from "../storage/projects.js";

/** Planar samples, as the packages have them. */
export interface Sound {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
}

/** A chosen take, and where it lies. */
export interface PlacedTake {
  readonly take: TakeReference;
  /** Seconds of the clip. */
  readonly start: number;
  /** Linear. */
  readonly gain: number;
}

/** Seconds that are read at once. */
const PART = 10;

/** The takes that are heard. */
export function chosenTakes({ layers }: StudioDocument): readonly PlacedTake[] {
  return layers.flatMap(({ muted, gainDb, cues }) =>
    cues.flatMap(({ takes, chosen, start }) => {
      const take = takes.find(({ id }) => id === chosen);
      return take === undefined || muted ? [] : [{ take, start, gain: 10 ** (gainDb / 20) }];
    }),
  );
}

/** A take whole, at its own rate. What is missing of it is silent. */
export async function readTake(takes: Pick<TakeStore, "read">, { take, gain }: PlacedTake): Promise<Sound> {
  const channels = Array.from({ length: take.channels }, () => new Float32Array(take.samples));
  for await (const part of takeParts(takes, { take, start: 0, gain }))
    for (const [index, channel] of channels.entries()) channel.set(part.channels[index] as Float32Array, part.from);
  return { sampleRate: take.sampleRate, channels };
}

/** A take in parts, in order and without gaps, with the silence before it in the clip. */
export async function* takeParts(
  takes: Pick<TakeStore, "read">,
  { take, start, gain }: PlacedTake,
): AsyncGenerator<Sound & { readonly from: number }, void, undefined> {
  const { sampleRate, samples, digest, channels: count } = take;
  const size = PART * sampleRate;
  const before = Math.round(start * sampleRate);
  for (let from = 0; from < before; from += size) {
    const silence = new Float32Array(Math.min(size, before - from));
    yield { sampleRate, from, channels: Array.from({ length: count }, () => silence) };
  }
  for (let from = 0; from < samples; from += size) {
    const read = await takes.read(digest, from, Math.min(samples, from + size));
    const channels = gain === 1 ? read : read.map((channel) => channel.map((value) => value * gain));
    yield { sampleRate, from: before + from, channels };
  }
}
