/** Batches of sounds that are made as they are needed. */
import type { PlainTensor } from "@foley-control/core";
import { drawScenes, type SceneDraws } from "./scene-draws.js";
import type { SoundOf } from "./sound-of.js";

/** Batch of {@link codecLoss}: the sounds of as many clips, from a random place. */
export function codecBatch(
  step: number,
  options: SceneDraws & { readonly samples: number; readonly soundOf: SoundOf },
): Record<string, PlainTensor> {
  const { batch, samples, soundOf } = options;
  const data = new Float32Array(batch * samples);
  const { scenes, random } = drawScenes("codec", step, options);
  for (const [row, scene] of scenes.entries()) {
    const { audio } = soundOf(scene);
    const start = random.integer(0, Math.max(1, audio.length - samples + 1));
    data.set(audio.subarray(start, start + samples), row * samples);
  }
  return { audio: { dtype: "float32", shape: [batch, samples], data } };
}
