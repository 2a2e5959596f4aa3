/** One bridge of an ablation: everything but the tokens that it reads is the same. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { SmallBackboneConfig } from "@foley-control/audio-backbone";
import { type BridgeConfig, bridgeConfig, createBridge, initialiseBridge } from "@foley-control/bridge";
import { createRandom, memoryParameters, type PlainTensor, type Runtime } from "@foley-control/core";
import type { MiniModel } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { bridgeLoss, cosineWithWarmUp, createTrainer, dropVideo, HELD_OUT_SEED, lossValidation } from "@foley-control/train";
import {
  BRIDGE_DROP,
  CLIP_FRAMES,
  type MakeSamples,
  runTraining,
  type SceneDataset,
  type TrainingProgress,
} from "@foley-control/train/node";
import { diffusionBatch, sceneData } from "../../packages/train/src/node/stages/diffusion-batch.js";
import { pooledEncoder, type SmallPooling } from "./poolings.js";

/** Clips of one batch of a validation. */
const VALIDATION_ROWS = 16;

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
  readonly config: SmallBackboneConfig;
  readonly training: Readonly<Record<SmallPooling, SceneDataset>>;
  readonly heldOut: Readonly<Record<SmallPooling, SceneDataset>>;
  readonly judged: readonly JudgedClip[];
  readonly directory: string;
  readonly steps: number;
  readonly batch: number;
  /** Highest learning rate. */
  readonly peak: number;
  /** Steps between evaluations. */
  readonly every: number;
  /** Names scenes and sizes in a checkpoint. */
  readonly fingerprint: string;
  readonly signal: AbortSignal;
}

/** Folder of one bridge. */
export const variantFolder = (directory: string, pooling: SmallPooling, seed: number): string =>
  join(directory, `${pooling}-${seed}`);

/** Trains and judges one bridge, or goes on with it; returns whether it reached its end. */
export async function runVariant(
  runtime: Runtime,
  ablation: Ablation,
  pooling: SmallPooling,
  seed: number,
  onProgress: (progress: TrainingProgress) => void,
): Promise<boolean> {
  const { mini, config, steps, batch, peak, every, signal } = ablation;
  const bridge = bridgeConfig(mini.backbone, pooledEncoder(mini.encoder, pooling));
  const frozen = mini.backbone.weights;
  const training = ablation.training[pooling];
  const source = bridgeLoss(config, bridge, batch, CLIP_FRAMES, training.videoTokens);
  const trainer = await createTrainer(runtime, source, initialiseBridge(bridge, seed), {
    frozen,
    learningRate: (step) => cosineWithWarmUp(step, { peak, steps, warmUp: Math.min(50, Math.ceil(steps / 10)) }),
  });
  const directory = variantFolder(ablation.directory, pooling, seed);
  mkdirSync(directory, { recursive: true });
  try {
    return await runTraining({
      trainer,
      steps,
      clipsPerStep: batch,
      directory,
      fingerprint: JSON.stringify({ ablation: pooling, seed, steps, batch, peak, common: ablation.fingerprint }),
      batch: (step) => trainingBatch(training, config, bridge, step, { seed, batch }),
      validation: {
        every,
        measure: validation(runtime, ablation, bridge, ablation.heldOut[pooling]),
      },
      samples: { every, make: samples(runtime, ablation, bridge, pooling) },
      signal,
      onProgress,
    });
  } finally {
    await trainer.dispose();
  }
}

/** The same clips, captions, noise and times for every pooling, and the same shares of it dropped; of more tokens others fall out. */
async function trainingBatch(
  scenes: SceneDataset,
  config: SmallBackboneConfig,
  bridge: BridgeConfig,
  step: number,
  { seed, batch }: { readonly seed: number; readonly batch: number },
): Promise<Record<string, PlainTensor>> {
  const data = sceneData(scenes, config);
  const { tensors, rows } = await diffusionBatch(data, step, { seed, batch, stage: "bridge", dropText: BRIDGE_DROP.text });
  const shape = [batch, scenes.videoTokens, bridge.tokenWidth];
  const video = { dtype: "float32", shape, data: scenes.video(rows) } as const;
  dropVideo(video, createRandom(seed, "ablation", "drop", step), BRIDGE_DROP);
  return { ...tensors, video };
}

function validation(runtime: Runtime, { config, mini }: Ablation, bridge: BridgeConfig, scenes: SceneDataset) {
  const rows = Math.min(VALIDATION_ROWS, scenes.count);
  const pick = (index: number) => Array.from({ length: rows }, (_, row) => index * rows + row);
  const data = sceneData({ ...scenes, pick }, config);
  return lossValidation(runtime, {
    loss: bridgeLoss(config, bridge, rows, CLIP_FRAMES, scenes.videoTokens),
    frozen: mini.backbone.weights,
    rows,
    batches: Math.floor(scenes.count / rows),
    async batch(index) {
      const drawn = { seed: HELD_OUT_SEED, batch: rows, stage: "bridge", dropText: 0 } as const;
      const { tensors, rows: chosen } = await diffusionBatch(data, index, drawn);
      const shape = [rows, scenes.videoTokens, bridge.tokenWidth];
      return { ...tensors, video: { dtype: "float32", shape, data: scenes.video(chosen) } };
    },
  });
}

/** The whole road, with the bridge as it is. */
function samples(runtime: Runtime, { mini, judged }: Ablation, bridge: BridgeConfig, pooling: SmallPooling): MakeSamples {
  return async ({ parameters, signal }) => {
    const foley = await createFoley({
      ...mini,
      encoder: pooledEncoder(mini.encoder, pooling),
      bridge: createBridge(bridge, memoryParameters(parameters)),
      runtime,
    });
    try {
      const made: Awaited<ReturnType<MakeSamples>>[number][] = [];
      for (const [index, { name, path, prompt, truth }] of judged.entries()) {
        const { audio, sampleRate } = await foley.generate({ video: path, prompt, seed: index, signal });
        made.push({ name, prompt, channels: [audio.data], sampleRate, truth });
      }
      return made;
    } finally {
      await foley.dispose();
    }
  };
}
