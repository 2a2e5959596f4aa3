/** Batches of rendered scenes. Everything is keyed by (seed, step), so that a resumed run sees what a straight one sees. */
import { createRandom, normalArray, type PlainTensor } from "@foley-control/core";
import { renderAudio, renderScene, SCENE_CLASSES, type Scene, type SceneAudio } from "@foley-control/scenes";
import { BINS_PER_TOKEN } from "./stages/video-encoder.js";

/** Scene seeds below this are for training, those from here on for validation and evaluation. */
export const HELD_OUT_SEED = 1_000_000_000;

const float = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({ dtype: "float32", shape, data });

/** Batch of {@link codecLoss}: sound of as many scenes, from a random place. */
export function codecBatch(step: number, options: { readonly seed: number; readonly batch: number; readonly frames: number; readonly hop: number; readonly latentChannels: number; readonly sampleRate: number }): Record<string, PlainTensor> {
  const { batch, frames, hop, latentChannels, seed } = options;
  const samples = frames * hop;
  const audio = new Float32Array(batch * samples);
  const random = createRandom(seed, "codec", step);
  for (let row = 0; row < batch; row++) {
    const scene = renderAudio(random.integer(0, HELD_OUT_SEED), { seconds: 4, sampleRate: options.sampleRate });
    const start = random.integer(0, Math.max(1, scene.audio.length - samples + 1));
    // Loudness varies over 18 dB and polarity flips: a codec must not lean on the renderer's levels.
    const gain = (random.chance(0.5) ? 1 : -1) * 10 ** (random.range(-18, 0) / 20);
    const part = scene.audio.subarray(start, start + samples);
    for (let i = 0; i < part.length; i++) audio[row * samples + i] = (part[i] as number) * gain;
  }
  return { audio: float([batch, samples], audio), noise: float([batch, frames, latentChannels], normalArray(seed, ["codec.noise", step], batch * frames * latentChannels)) };
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

/** 1 in the bins in which something touches. */
export function contactTargets(scene: SceneAudio, bins: number): Float32Array {
  const targets = new Float32Array(bins);
  for (const event of scene.events) {
    if (!sharp.has(event.kind)) continue;
    const bin = Math.floor((event.time / scene.seconds) * bins);
    if (bin >= 0 && bin < bins) targets[bin] = 1;
  }
  return targets;
}

/** Batch of {@link videoEncoderLoss}. */
export function videoEncoderBatch(scenes: readonly Scene[]): Record<string, PlainTensor> {
  const first = scenes[0] as Scene;
  const time = first.frames.length / (first.imageSize * first.imageSize * 3);
  const bins = (time / 2) * BINS_PER_TOKEN;
  const batch = scenes.length;
  const frames = new Uint8Array(batch * first.frames.length);
  const contacts = new Float32Array(batch * bins);
  const loudness = new Float32Array(batch * bins);
  const kind = new Float32Array(batch * SCENE_CLASSES.length);
  scenes.forEach((scene, row) => {
    frames.set(scene.frames, row * first.frames.length);
    contacts.set(contactTargets(scene, bins), row * bins);
    loudness.set(loudnessTargets(scene.audio, bins), row * bins);
    kind[row * SCENE_CLASSES.length + SCENE_CLASSES.indexOf(scene.class)] = 1;
  });
  return {
    frames: { dtype: "uint8", shape: [batch, time, first.imageSize, first.imageSize, 3], data: frames },
    contacts: float([batch, bins], contacts),
    loudness: float([batch, bins], loudness),
    class: float([batch, SCENE_CLASSES.length], kind),
  };
}

/** The scenes of one encoder step. */
export function videoEncoderScenes(step: number, options: { readonly seed: number; readonly batch: number; readonly imageSize: number }): readonly Scene[] {
  const random = createRandom(options.seed, "videoEncoder", step);
  return Array.from({ length: options.batch }, () => renderScene(random.integer(0, HELD_OUT_SEED), { seconds: 4, imageSize: options.imageSize, sampleRate: 8000 }));
}
