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
import { HELD_OUT_SPLIT } from "../../data/clip-row.js";
import { HELD_OUT_SEED, heardAs, trainingScene } from "../../scene-draws.js";
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
}

/**
 * Scenes as long as a clip, at the rates and in the size that the parts ask for.
 *
 * @throws FoleyError `invalid-argument` for numbers that are none; `unsupported` for an encoder whose pictures are not square and that
 *   does not prepare pictures itself
 */
export function sceneEntries(source: SceneSource, { encoder, backbone }: FeatureParts, seconds: number): readonly SourceEntry[] {
  const { scenes, heldOut = 0, seed = 1, classes } = source;
  if (![scenes, heldOut, seed].every((value) => Number.isSafeInteger(value) && value >= 0))
    throw new FoleyError("invalid-argument", `There cannot be ${scenes} scenes and ${heldOut} held out, by the seed ${seed}.`);
  const [height, width] = encoder.imageSize;
  if (height !== width && !encoder.preprocess) {
    throw new FoleyError("unsupported", `The encoder "${encoder.id}" wants ${height}×${width} pixels; scenes are square.`, {
      hint: "Give the encoder a `preprocess` that takes square pictures.",
    });
  }
  const { sampleRate } = backbone.codec;
  const entry = (index: number): SourceEntry => {
    const held = index >= scenes;
    const sceneSeed = held ? HELD_OUT_SEED + index - scenes : trainingScene(seed, index);
    const scene = { seed: sceneSeed, ...(classes && { classes }) };
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
        tokens: (to: VideoEncoder, steps: number) => sceneTokens(described, to, steps),
      }),
    };
    const path = `${described.class}/scene-${sceneSeed}`;
    const content = JSON.stringify({ path, version: SCENE_VERSION, ...heard });
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
      texts: [described.caption, ...described.paraphrases],
      ...(held && { split: HELD_OUT_SPLIT }),
      events: contactsOf(described).map(({ time }) => time),
    };
  };
  return Array.from({ length: scenes + heldOut }, (_, index) => entry(index));
}

/** An encoder sees a little of what lasts where nothing does, up to this level; a bridge learns to let it pass. */
const LEVEL_NOISE = 0.15;

/** What a scene's picture says at its best: its contacts with their strengths, and how lively what lasts is. */
export function sceneTokens(scene: SceneDescription, encoder: VideoEncoder, steps: number): PlainTensor<"float32"> {
  const events = contactsOf(scene).map(({ time, velocity }) => ({ time, strength: velocity, source: "file" as const }));
  const { envelope } = scene;
  const random = createRandom(scene.seed, "level");
  const noise = random.chance(0.5) ? 0 : random.range(0, LEVEL_NOISE);
  const at = (time: number) => envelope?.values[Math.min(envelope.values.length - 1, Math.floor(time * envelope.rate))] ?? 0;
  return eventTokens(events, encoder, steps, (time) => Math.max(at(time), noise * random.uniform()));
}
