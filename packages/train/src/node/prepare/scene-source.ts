/** Rendered scenes as a source of clips: a seed in the place of a file. Their truth is known, and nothing is decoded. */
import { createRandom, FoleyError, type PlainTensor, type VideoEncoder } from "@foley-control/core";
import { sha256 } from "@foley-control/files/node";
import {
  contactsOf,
  describeScene,
  renderAudio,
  renderScene,
  SCENE_VERSION,
  type SceneClass,
  type SceneDescription,
} from "@foley-control/scenes";
import { eventTokens } from "@foley-control/video-encoder";
import type { ClipSound } from "../../clip-sound.js";
import { HELD_OUT_SPLIT } from "../../data/clip-row.js";
import { type DrawnScene, HELD_OUT_SEED, heardAs, trainingScene } from "../../scene-draws.js";
import type { SoundOf } from "../../sound-of.js";
import type { FeatureParts } from "./parts.js";
import type { ClipMedia, SourceEntry } from "./sources.js";

/** Scenes that `prepareDataset` renders, every one a clip. */
export interface SceneSource {
  /** How many to train on. */
  readonly scenes: number;
  /** How many to judge by, of seeds that nothing is trained on: the part `HELD_OUT_SPLIT` of the data set. Default 0. */
  readonly heldOut?: number | undefined;
  /** Of what is drawn. Default 1. */
  readonly seed?: number | undefined;
  /** Kinds of scene. Default: all, by their weights. */
  readonly classes?: readonly SceneClass[] | undefined;
  /**
   * What clips sound of, recordings among it, in the place of the scenes' own sounds: for an encoder whose tokens can be told from the truth,
   * because there is no picture. Default: every scene sounds of itself.
   */
  readonly sounds?: { readonly training: SoundOf; readonly heldOut: SoundOf } | undefined;
}

/**
 * Scenes as long as a clip, at the rates and in the size that the parts ask for.
 *
 * @throws FoleyError `invalid-argument` for numbers that are none; `unsupported` for an encoder whose pictures are not square and that
 *   does not prepare pictures itself
 */
export function sceneEntries(source: SceneSource, { encoder, backbone }: FeatureParts, seconds: number): readonly SourceEntry[] {
  const { scenes, heldOut = 0, seed = 1, classes, sounds } = source;
  if (![scenes, heldOut, seed].every((value) => Number.isSafeInteger(value) && value >= 0))
    throw new FoleyError("invalid-argument", `There cannot be ${scenes} scenes and ${heldOut} held out, by the seed ${seed}.`);
  const [height, width] = encoder.imageSize;
  if (height !== width && !encoder.preprocess) {
    throw new FoleyError("unsupported", `The encoder "${encoder.id}" wants ${height}×${width} pixels; scenes are square.`, {
      hint: "Give the encoder a `preprocess` that takes square pictures.",
    });
  }
  const { sampleRate } = backbone.codec;
  if (sounds && encoder.contacts?.level === undefined) {
    throw new FoleyError("unsupported", `The encoder "${encoder.id}" wants pictures; recordings have none.`, {
      hint: "Take the motion encoder, or scenes that sound of themselves.",
    });
  }
  const entry = (index: number): SourceEntry => {
    const held = index >= scenes;
    const sceneSeed = held ? HELD_OUT_SEED + index - scenes : trainingScene(seed, index);
    const scene = { seed: sceneSeed, ...(classes && { classes }) };
    if (sounds) return heardEntry(scene, held ? sounds.heldOut : sounds.training, sampleRate, seconds, held);
    const heard = heardAs(scene, seconds, seed);
    const described = describeScene(sceneSeed, heard);
    const media: ClipMedia = {
      info: {
        video: {
          duration: seconds,
          start: 0,
          fps: encoder.frameRate,
          width: Math.max(height, width),
          height: Math.max(height, width),
        },
        audio: { duration: seconds, start: 0, sampleRate },
      },
      audio: async () => ({ channels: [renderAudio(sceneSeed, { ...heard, sampleRate }).audio], sampleRate }),
      *frames({ fps, size: [imageSize], duration }) {
        const { frames } = renderScene(sceneSeed, { ...scene, seconds, audio: false, imageSize, frameRate: fps });
        const bytes = 3 * imageSize * imageSize;
        for (let i = 0; i < Math.round(duration * fps); i++) yield { rgb: frames.subarray(i * bytes, (i + 1) * bytes), index: i };
      },
      [Symbol.dispose]: () => undefined,
      // Tokens that say nothing but when something is to be heard are told from the truth: that is what a bridge is to obey.
      ...(encoder.contacts?.level !== undefined && {
        tokens: (to: VideoEncoder, steps: number) =>
          truthTokens({ events: eventsOf(described), level: described.envelope }, sceneSeed, to, steps),
      }),
    };
    return listed({
      path: `${described.class}/scene-${sceneSeed}`,
      content: heard,
      media,
      seconds,
      held,
      captions: [described.caption, ...described.paraphrases],
      events: eventsOf(described),
    });
  };
  return Array.from({ length: scenes + heldOut }, (_, index) => entry(index));
}

const eventsOf = (scene: SceneDescription) => contactsOf(scene).map(({ time, velocity }) => ({ time, strength: velocity }));

/** A clip that is only heard; it is made when it is listed, and again when it is wanted, because sounds are large and listing is early. */
function heardEntry(clip: DrawnScene, soundOf: SoundOf, sampleRate: number, seconds: number, held: boolean): SourceEntry {
  const { captions, events, level } = soundOf(clip);
  const media: ClipMedia = {
    info: {
      video: { duration: seconds, start: 0, fps: 1, width: 0, height: 0 },
      audio: { duration: seconds, start: 0, sampleRate },
    },
    audio: async () => ({ channels: [soundOf(clip).audio], sampleRate }),
    frames: () => [],
    [Symbol.dispose]: () => undefined,
    tokens: (to, steps) => truthTokens({ events, level }, clip.seed, to, steps),
  };
  return listed({ path: `heard/clip-${clip.seed}`, content: { captions, events }, media, seconds, held, captions, events });
}

/** A clip without a file. `content` is what tells it from others of its path. */
function listed(
  clip: Pick<ClipSound, "captions" | "events"> & {
    readonly path: string;
    readonly content: object;
    readonly media: ClipMedia;
    readonly seconds: number;
    readonly held: boolean;
  },
): SourceEntry {
  const { path, media, seconds } = clip;
  const content = JSON.stringify({ path, version: SCENE_VERSION, ...clip.content });
  return {
    path,
    file: {
      path,
      bytes: 0,
      modified: 0,
      location: undefined,
      open: async () => media,
      sha256: async () => sha256(content),
    },
    start: 0,
    seconds,
    texts: clip.captions,
    ...(clip.held && { split: HELD_OUT_SPLIT }),
    events: clip.events.map(({ time }) => time),
  };
}

/** An encoder sees a little of what lasts where nothing does, up to this level; a bridge learns to let it pass. */
const LEVEL_NOISE = 0.15;

/** What a picture of a clip says at its best: its events with their strengths, and how lively what lasts is. */
export function truthTokens(
  { events, level }: Pick<ClipSound, "events" | "level">,
  seed: number,
  encoder: VideoEncoder,
  steps: number,
): PlainTensor<"float32"> {
  const random = createRandom(seed, "level");
  const noise = random.chance(0.5) ? 0 : random.range(0, LEVEL_NOISE);
  const at = (time: number) => level?.values[Math.min(level.values.length - 1, Math.floor(time * level.rate))] ?? 0;
  const track = events.map((event) => ({ ...event, source: "file" as const }));
  return eventTokens(track, encoder, steps, (time) => Math.max(at(time), noise * random.uniform()));
}
