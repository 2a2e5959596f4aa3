/** First stage: the codec's principal components over what is heard, in closed form. */
import { existsSync } from "node:fs";
import { codecFeatures, SMALL_CODEC, type SmallCodecConfig } from "@foley-control/audio-backbone";
import type { PlainTensor, Runtime } from "@foley-control/core";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { codecBatch } from "../../scene-batches.js";
import type { SoundOf } from "../../sound-of.js";
import { leadingEigenvectors, momentsGraph } from "../../stages/principal-components.js";
import { stageSounds } from "./sounds.js";
import { CLIP_FRAMES, type StageContext, weightsFile } from "./stage.js";

const BATCH = 8;

/**
 * Latents are divided by a deviation between each component's own and that of all: full whitening would make the model
 * spend itself on the faintest component, none would hide all but the first.
 */
const WHITENING = 0.5;

/** Finds them, unless they are there. */
export async function fitCodec(context: StageContext): Promise<boolean> {
  const { runtime, plan, options } = context;
  const file = weightsFile(options.directory, "components");
  if (existsSync(file)) return true;
  const sizes = {
    seed: plan.seed,
    clips: plan.components.clips,
    frames: CLIP_FRAMES - 1,
    soundOf: (await stageSounds(context)).training,
  };
  await writeSafetensorsFile(file, await fitComponents(runtime, SMALL_CODEC, sizes), {}, { makeFolder: true });
  return true;
}

/** `codec.basis`, `codec.mean` and `codec.scale` over `clips` sounds of `frames` latents. */
async function fitComponents(
  runtime: Runtime,
  config: SmallCodecConfig,
  options: { readonly seed: number; readonly clips: number; readonly frames: number; readonly soundOf: SoundOf },
): Promise<Record<string, PlainTensor<"float32">>> {
  const features = codecFeatures(config);
  const samples = options.frames * config.framesPerLatent * config.frameHop;
  const executable = await runtime.load(momentsGraph(config, BATCH, options.frames));
  let product: PlainTensor = { dtype: "float32", shape: [features, features], data: new Float32Array(features * features) };
  let total: PlainTensor = { dtype: "float32", shape: [features], data: new Float32Array(features) };
  let rows = 0;
  for (let done = 0; done < options.clips; done += BATCH) {
    const batch = codecBatch(done / BATCH, { ...options, batch: BATCH, samples });
    const outputs = await executable.run({ ...batch, product, total });
    product = outputs.nextProduct as PlainTensor;
    total = outputs.nextTotal as PlainTensor;
    rows += BATCH * options.frames;
  }
  await executable.dispose();
  const mean = Float32Array.from(total.data as Float32Array, (x) => x / rows);
  const covariance = new Float32Array(features * features);
  const moments = product.data as Float32Array;
  for (let i = 0; i < features; i++)
    for (let j = 0; j < features; j++)
      covariance[i * features + j] = (moments[i * features + j] as number) / rows - (mean[i] as number) * (mean[j] as number);
  const { basis, values } = await leadingEigenvectors(runtime, covariance, features, config.latentChannels, options.seed);
  const deviations = Array.from(values, (value) => Math.sqrt(Math.max(value, 1e-12)));
  // The common factor makes the mean square of all latents one, which is what the noise schedule expects.
  const shaped = deviations.map((deviation) => deviation ** WHITENING);
  const power = deviations.reduce((sum, deviation, i) => sum + (deviation / (shaped[i] as number)) ** 2, 0) / deviations.length;
  return {
    "codec.basis": { dtype: "float32", shape: [config.latentChannels, features], data: basis },
    "codec.mean": { dtype: "float32", shape: [features], data: mean },
    "codec.scale": {
      dtype: "float32",
      shape: [config.latentChannels],
      data: Float32Array.from(shaped, (x) => x * Math.sqrt(power)),
    },
  };
}
