/** Batches of scenes that are rendered as they are needed. */
import type { PlainTensor } from "@foley-control/core";
import { contactsOf, renderAudio, renderScene, SCENE_CLASSES, type Scene, type SceneAudio } from "@foley-control/scenes";
import { drawScenes, type SceneDraws } from "./scene-draws.js";
import { BINS_PER_TOKEN } from "./stages/video-encoder.js";

const float = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });

/** Batch of {@link codecLoss}: sound of as many scenes, from a random place. */
export function codecBatch(
  step: number,
  options: SceneDraws & { readonly samples: number; readonly sampleRate: number },
): Record<string, PlainTensor> {
  const { batch, samples, sampleRate } = options;
  const audio = new Float32Array(batch * samples);
  const { scenes, random } = drawScenes("codec", step, options);
  for (const [row, { seed }] of scenes.entries()) {
    const scene = renderAudio(seed, { seconds: 4, sampleRate });
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

/** 1 in the bins in which something touches, ½ beside them: half a frame cannot be told apart at 16 frames a second. */
export function contactTargets(scene: SceneAudio, bins: number): Float32Array {
  const targets = new Float32Array(bins);
  for (const event of contactsOf(scene)) {
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
  for (const event of contactsOf(scene)) {
    if (!event.visible || event.time >= scene.seconds) continue;
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

/** The scenes of one encoder step. */
export function videoEncoderScenes(step: number, options: SceneDraws & { readonly imageSize: number }): readonly Scene[] {
  const { scenes } = drawScenes("videoEncoder", step, options);
  const rendering = { seconds: 4, imageSize: options.imageSize, sampleRate: 8000 };
  return scenes.map(({ seed, ...classes }) => renderScene(seed, { ...rendering, ...classes }));
}
