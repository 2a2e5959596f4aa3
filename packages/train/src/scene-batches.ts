/** Batches of rendered scenes. Everything is keyed by (seed, step), so that a resumed run sees what a straight one sees. */
import { createRandom, type PlainTensor } from "@foley-control/core";
import { renderAudio, renderScene, SCENE_CLASSES, type Scene, type SceneAudio, type SceneClass } from "@foley-control/scenes";
import { BINS_PER_TOKEN } from "./stages/video-encoder.js";

/** Scene seeds below this are for training, those from here on for validation and evaluation. */
export const HELD_OUT_SEED = 1_000_000_000;

const float = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });

/** Batch of {@link codecLoss}: sound of as many scenes, from a random place. */
export function codecBatch(
  step: number,
  options: { readonly seed: number; readonly batch: number; readonly samples: number; readonly sampleRate: number },
): Record<string, PlainTensor> {
  const { batch, samples, seed } = options;
  const audio = new Float32Array(batch * samples);
  const random = createRandom(seed, "codec", step);
  for (let row = 0; row < batch; row++) {
    const scene = renderAudio(random.integer(0, HELD_OUT_SEED), { seconds: 4, sampleRate: options.sampleRate });
    const start = random.integer(0, Math.max(1, scene.audio.length - samples + 1));
    audio.set(scene.audio.subarray(start, start + samples), row * samples);
  }
  return { audio: float([batch, samples], audio) };
}

/** Loudness of a stretch on a 0..1 scale: −70 dBFS RMS is 0, −10 dBFS is 1. */
export function loudnessTargets(audio: Float32Array, bins: number): Float32Array {
  const size = audio.length / bins;
  return Float32Array.from({ length: bins }, (_, bin) => {
    let energy = 0;
    const [from, to] = [Math.round(bin * size), Math.round((bin + 1) * size)];
    for (let i = from; i < to; i++) energy += (audio[i] as number) ** 2;
    const db = 10 * Math.log10(energy / (to - from) + 1e-10);
    return Math.min(1, Math.max(0, (db + 70) / 60));
  });
}

/** Kinds of event that have a sharp onset. */
const sharp = new Set(["hit", "wall", "step", "drop", "tick"]);

/** 1 in the bins in which something touches, ½ beside them: half a frame cannot be told apart at 16 frames a second. */
export function contactTargets(scene: SceneAudio, bins: number): Float32Array {
  const targets = new Float32Array(bins);
  for (const event of scene.events) {
    if (!sharp.has(event.kind)) continue;
    const bin = Math.floor((event.time / scene.seconds) * bins);
    for (const [beside, value] of [
      [-1, 0.5],
      [0, 1],
      [1, 0.5],
    ] as const) {
      const at = bin + beside;
      if (at >= 0 && at < bins) targets[at] = Math.max(targets[at] as number, value);
    }
  }
  return targets;
}

/** 1 in the patch and tubelet in which something visibly touches, time-major, row, column. */
export function placeTargets(scene: SceneAudio, steps: number, rows: number): Float32Array {
  const targets = new Float32Array(steps * rows * rows);
  const cell = (value: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
  for (const event of scene.events) {
    if (!sharp.has(event.kind) || !event.visible || event.time >= scene.seconds) continue;
    targets[(cell(event.time / scene.seconds, steps) * rows + cell(event.y, rows)) * rows + cell(event.x, rows)] = 1;
  }
  return targets;
}

/** Batch of {@link videoEncoderLoss}. */
export function videoEncoderBatch(scenes: readonly Scene[], patchSize: number): Record<string, PlainTensor> {
  const first = scenes[0] as Scene;
  const time = first.frames.length / (first.imageSize * first.imageSize * 3);
  const bins = (time / 2) * BINS_PER_TOKEN;
  const batch = scenes.length;
  const frames = new Uint8Array(batch * first.frames.length);
  const contacts = new Float32Array(batch * bins);
  const loudness = new Float32Array(batch * bins);
  const rows = first.imageSize / patchSize;
  const places = new Float32Array(batch * (time / 2) * rows * rows);
  const kind = new Float32Array(batch * SCENE_CLASSES.length);
  scenes.forEach((scene, row) => {
    frames.set(scene.frames, row * first.frames.length);
    contacts.set(contactTargets(scene, bins), row * bins);
    places.set(placeTargets(scene, time / 2, rows), (row * time * rows * rows) / 2);
    loudness.set(loudnessTargets(scene.audio, bins), row * bins);
    kind[row * SCENE_CLASSES.length + SCENE_CLASSES.indexOf(scene.class)] = 1;
  });
  return {
    frames: { dtype: "uint8", shape: [batch, time, first.imageSize, first.imageSize, 3], data: frames },
    contacts: float([batch, bins], contacts),
    loudness: float([batch, bins], loudness),
    places: float([batch, (time / 2) * rows * rows], places),
    class: float([batch, SCENE_CLASSES.length], kind),
  };
}

/** Classes of which a share of the scenes is drawn: those that are learnt slowest. */
export interface Emphasis {
  /** The classes. */
  readonly classes: readonly SceneClass[];
  /** In 0..1; the rest is drawn from all classes. */
  readonly share: number;
  /** First step that has it. Default 0. */
  readonly from?: number;
}

/** The scenes of one encoder step. */
export function videoEncoderScenes(
  step: number,
  options: {
    readonly seed: number;
    readonly batch: number;
    readonly imageSize: number;
    readonly emphasis?: Emphasis | undefined;
  },
): readonly Scene[] {
  const { seed, batch, imageSize, emphasis } = options;
  const random = createRandom(seed, "videoEncoder", step);
  const emphasised = emphasis !== undefined && step >= (emphasis.from ?? 0);
  return Array.from({ length: batch }, () => {
    const scene = random.integer(0, HELD_OUT_SEED);
    const classes = emphasised && random.chance(emphasis.share) ? { classes: emphasis.classes } : {};
    return renderScene(scene, { seconds: 4, imageSize, sampleRate: 8000, ...classes });
  });
}
