/**
 * What a training hears: rendered scenes, scenes whose contacts sound by recordings, and recordings alone. One function makes the sound of a
 * clip with what is said of it and when something happens in it, for the codec, the denoiser and the bridge alike.
 */
import { createRandom } from "@foley-control/core";
import { contactsOf, describeScene, renderAudio } from "@foley-control/scenes";
import type { ClipSound } from "./clip-sound.js";
import { recordedClip } from "./recordings/recorded-clip.js";
import type { Recording } from "./recordings/recording.js";
import { VOICED_CLASSES, voicedClip, voicesOf } from "./recordings/voices.js";
import { type DrawnScene, heardAs } from "./scene-draws.js";

/** Where the sound of a clip comes from: a rendered scene, a scene that sounds by recordings, recordings alone. */
export type SoundKind = "scene" | "voiced" | "recorded";

/** A clip to be heard. */
export interface SoundClip extends DrawnScene {
  /** Default: drawn for its seed, as often as the shares say; without recordings a rendered scene. */
  readonly kind?: SoundKind | undefined;
}

/** Makes the sound of a clip. */
export type SoundOf = (clip: SoundClip) => ClipSound;

/** Shares of clips that are not rendered scenes. */
export interface SoundShares {
  /** Scenes that sound by recordings. */
  readonly voiced: number;
  /** Recordings alone. */
  readonly recorded: number;
}

/** With recordings: two clips in five are rendered scenes. */
export const SOUND_SHARES: SoundShares = { voiced: 0.25, recorded: 0.35 };

/** Options of {@link soundSource}. */
export interface SoundSourceOptions {
  /** Of the training. */
  readonly seed: number;
  /** Length of the clips. */
  readonly seconds: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Default: none, everything is rendered. */
  readonly recordings?: readonly Recording[] | undefined;
  /** Default: {@link SOUND_SHARES}. */
  readonly shares?: SoundShares | undefined;
}

/** How much more often these are heard than their number of recordings says: they are what viewers ask for, and were learnt worst. */
const WEIGHTS: Readonly<Record<string, number>> = { footsteps: 3, tick: 3, typing: 1.5, door: 1.5, knock: 1.5, drum: 0.7 };

/** The function that makes the sounds of a training. */
export function soundSource(options: SoundSourceOptions): SoundOf {
  const { seed, seconds, sampleRate, recordings = [], shares = SOUND_SHARES } = options;
  const pickRecording = classPicker(recordings);
  const rendered = (clip: SoundClip): ClipSound => {
    const scene = renderAudio(clip.seed, { ...heardAs(clip, seconds, seed), sampleRate });
    const events = contactsOf(scene).map(({ time, velocity }) => ({ time, strength: velocity }));
    return { audio: scene.audio, captions: [scene.caption, ...scene.paraphrases], events, level: scene.envelope };
  };
  return (clip) => {
    const random = createRandom(seed, "sound of", clip.seed);
    const drawn = random.uniform();
    const ofItself = drawn < shares.recorded ? "recorded" : drawn < shares.recorded + shares.voiced ? "voiced" : "scene";
    const kind = recordings.length === 0 ? "scene" : (clip.kind ?? ofItself);
    if (kind === "recorded")
      return recordedClip(pickRecording(random.uniform(), random.uniform()), recordings, { seconds, sampleRate }, random);
    if (kind === "scene") return rendered(clip);
    const scene = { ...clip, classes: clip.classes ?? (random.chance(0.5) ? ["footsteps", "tick"] : VOICED_CLASSES) } as const;
    const described = describeScene(clip.seed, heardAs(scene, seconds, seed));
    const voices = voicesOf(described, recordings);
    return voices.length === 0 ? rendered(scene) : voicedClip(described, voices, sampleRate, random);
  };
}

/** A recording for two numbers in [0, 1): first its class, by the square root of how many there are, then one of its labels' takes. */
function classPicker(recordings: readonly Recording[]): (first: number, second: number) => Recording {
  const classes = new Map<string, Recording[]>();
  for (const recording of recordings) classes.set(recording.cls, [...(classes.get(recording.cls) ?? []), recording]);
  const weights = [...classes].map(([cls, those]) => Math.sqrt(Math.min(40, those.length)) * (WEIGHTS[cls] ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (first, second) => {
    let rest = first * total;
    let index = 0;
    while (index < weights.length - 1 && rest >= (weights[index] as number)) rest -= weights[index++] as number;
    const those = [...classes.values()][index] as readonly Recording[];
    return those[Math.floor(second * those.length)] as Recording;
  };
}

/** Where in a scene a stretch of half its length begins: when things have begun, and before they end. */
const STRETCH_FROM = 0.4;

/**
 * The function that makes the sounds of stretches: what a window in the middle of a film hears, where rain falls already and an engine runs. Each is
 * cut from a clip of twice its length.
 */
export function stretchSource(options: SoundSourceOptions): SoundOf {
  const { seconds, sampleRate } = options;
  const whole = soundSource({ ...options, seconds: 2 * seconds });
  const from = STRETCH_FROM * 2 * seconds;
  return (clip) => {
    const { audio, captions, events, level } = whole(clip);
    return {
      audio: audio.slice(Math.round(from * sampleRate), Math.round((from + seconds) * sampleRate)),
      captions,
      events: events
        .filter(({ time }) => time >= from && time < from + seconds)
        .map((event) => ({ ...event, time: event.time - from })),
      level: level && {
        rate: level.rate,
        values: level.values.slice(Math.round(from * level.rate), Math.round((from + seconds) * level.rate)),
      },
    };
  };
}
