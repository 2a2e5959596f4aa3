/** What a document sounds like: the chosen take of each cue and the video's own sound, as loud as they are to be; and the original alone, for A/B. */
import type { Clip } from "../clip/clip.js";
import type { StudioDocument } from "../document/document.js";
import type { TakeStore } from "../storage/projects.js";
import { PLAYER_RATE } from "./mixer.js";
import type { SoundSource } from "./player.js";

/** What is needed to hear a document. */
export interface MixParts {
  readonly document: StudioDocument;
  /** `undefined` while the video is not there. */
  readonly clip: Clip | undefined;
  readonly takes: Pick<TakeStore, "read">;
  /** Loudness of the video's own sound, LUFS, once it is known. */
  readonly originalLoudness: number | undefined;
  /** Heard in place of the takes. */
  readonly listenToOriginal: boolean;
}

/** Most that a sound is made louder or quieter to match another, dB. */
const MATCH_LIMIT = 24;
const linear = (decibels: number): number => 10 ** (decibels / 20);

/** The sounds, those that are silent now included: they play on, so that A/B changes at once. */
export function mixOf({ document, clip, takes, originalLoudness, listenToOriginal }: MixParts): readonly SoundSource[] {
  const heard = document.layers.flatMap((layer) =>
    layer.cues.flatMap((cue) => {
      const take = cue.takes.find(({ id }) => id === cue.chosen);
      return take === undefined ? [] : [{ layer, cue, take }];
    }),
  );
  const sources = heard.map(
    ({ layer, cue, take }): SoundSource => ({
      id: `take ${cue.id} ${take.digest}`,
      sampleRate: take.sampleRate,
      channels: take.channels,
      start: cue.start,
      duration: take.samples / take.sampleRate,
      gain: listenToOriginal || layer.muted ? 0 : linear(layer.gainDb),
      read: (from, to) => takes.read(take.digest, from, to),
    }),
  );
  const sound = clip?.info.sound;
  if (clip === undefined || sound === undefined) return sources;
  return [
    ...sources,
    {
      id: "original",
      sampleRate: PLAYER_RATE,
      channels: Math.min(2, sound.channels),
      start: 0,
      duration: sound.duration,
      gain: originalGain(document, heard[0]?.take.loudness, originalLoudness, listenToOriginal),
      read: (from, to) => clip.sound(from / PLAYER_RATE, to / PLAYER_RATE, PLAYER_RATE),
    },
  ];
}

function originalGain(
  { original }: StudioDocument,
  takeLoudness: number | undefined,
  ownLoudness: number | undefined,
  alone: boolean,
): number {
  // Before there is a take the video sounds as it is.
  if (takeLoudness === undefined) return 1;
  if (!alone) return original.use === "mix" ? linear(original.gainDb) : 0;
  // As loud as the take: of two sounds people like the louder one, whatever it is.
  const known = ownLoudness !== undefined && ownLoudness > -70 && takeLoudness > -70;
  return known ? linear(Math.max(-MATCH_LIMIT, Math.min(MATCH_LIMIT, takeLoudness - ownLoudness))) : 1;
}
