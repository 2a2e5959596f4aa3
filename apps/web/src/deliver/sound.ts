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

/** A take as sound that is read from the store piece by piece, so that an hour of it is never in memory. */
export function takeSource(takes: Pick<TakeStore, "read">, { take, gain }: PlacedTake) {
  const { sampleRate, channels: channelCount, samples: length, digest } = take;
  const read = async (from: number, to: number): Promise<readonly Float32Array[]> => {
    const channels = await takes.read(digest, from, to);
    return gain === 1 ? channels : channels.map((channel) => channel.map((value) => value * gain));
  };
  return { sampleRate, channelCount, length, read };
}

/** A take in parts, in order and without gaps, with the silence before it in the clip. */
export async function* takeParts(takes: Pick<TakeStore, "read">, placed: PlacedTake): AsyncGenerator<Sound, void, undefined> {
  const { sampleRate, channelCount, length, read } = takeSource(takes, placed);
  const size = PART * sampleRate;
  const before = Math.round(placed.start * sampleRate);
  for (let from = 0; from < before; from += size) {
    const silence = new Float32Array(Math.min(size, before - from));
    yield { sampleRate, channels: Array.from({ length: channelCount }, () => silence) };
  }
  for (let from = 0; from < length; from += size) yield { sampleRate, channels: await read(from, Math.min(length, from + size)) };
}
