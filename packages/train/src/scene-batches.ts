/** Batches of scenes that are rendered as they are needed. */
import type { PlainTensor } from "@foley-control/core";
import { renderAudio } from "@foley-control/scenes";
import { drawScenes, type SceneDraws } from "./scene-draws.js";

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
