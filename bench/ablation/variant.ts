/** One bridge of an ablation: everything but the tokens that it reads is the same. */
import { join } from "node:path";
import type { Runtime } from "@foley-control/core";
import type { MiniModel } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { type MakeBridgeSamples, type TrainingProgress, type TrainingSample, trainBridge } from "@foley-control/train/node";
import { pooledEncoder, type SmallPooling } from "./poolings.js";

/** A held-out clip that is given sound to, at every evaluation. */
export interface JudgedClip {
  /** Names it. */
  readonly name: string;
  /** Video file without sound. */
  readonly path: string;
  readonly prompt: string;
  /** When things touch, seconds. */
  readonly truth: readonly number[];
}

/** What all bridges of an ablation have in common. */
export interface Ablation {
  readonly mini: MiniModel;
  /** Folders of features, those to judge by among them. */
  readonly features: Readonly<Record<SmallPooling, string>>;
  readonly judged: readonly JudgedClip[];
  readonly directory: string;
  readonly steps: number;
  readonly batch: number;
  /** Highest learning rate. */
  readonly peak: number;
  /** Steps between evaluations. */
  readonly every: number;
  readonly signal: AbortSignal;
}

/** Folder of one bridge. */
export const variantFolder = (directory: string, pooling: SmallPooling, seed: number): string =>
  join(directory, `${pooling}-${seed}`);

/**
 * Trains and judges one bridge, or goes on with it; returns whether it reached its end. Clips, captions, noise and times are the same for
 * every pooling, and so are the shares that are dropped; of more tokens others fall out.
 */
export async function runVariant(
  runtime: Runtime,
  { mini, features, judged, directory, steps, batch, peak, every, signal }: Ablation,
  pooling: SmallPooling,
  seed: number,
  onProgress: (progress: TrainingProgress) => void,
): Promise<boolean> {
  const warmUp = Math.min(50, Math.ceil(steps / 10));
  const { ended } = await trainBridge(runtime, {
    backbone: mini.backbone,
    data: features[pooling],
    directory: variantFolder(directory, pooling, seed),
    plan: { seed, steps, batch, learningRate: { kind: "cosine", peak, warmUp } },
    validateEvery: every,
    samples: { every, make: samples(runtime, mini, judged, pooling) },
    signal,
    onProgress,
  });
  return ended;
}

/** The whole road, with the bridge as it is. */
function samples(runtime: Runtime, mini: MiniModel, judged: readonly JudgedClip[], pooling: SmallPooling): MakeBridgeSamples {
  return async (bridge, { signal }) => {
    await using foley = await createFoley({ ...mini, encoder: pooledEncoder(mini.encoder, pooling), bridge, runtime });
    const made: TrainingSample[] = [];
    for (const [index, { name, path, prompt, truth }] of judged.entries()) {
      const { audio, sampleRate } = await foley.generate({ video: path, prompt, seed: index, signal });
      made.push({ name, prompt, channels: [audio.data], sampleRate, truth });
    }
    return made;
  };
}
