/** Steps of a bridge's training in a backbone: time, memory, operations. */
import { readFileSync } from "node:fs";
import { type BridgeConfig, bridgeConfig, initialiseBridge, type TokenMaker } from "@foley-control/bridge";
import { type AudioBackbone, elementCount, type Graph, normalArray, type PlainTensor } from "@foley-control/core";
import { flopsOf, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { bridgeLoss, createTrainer, gradientStep, parameterLayout } from "@foley-control/train";

/** Tokens as V-JEPA 2 ViT-L makes them with frame pooling. */
export const VJEPA2_LARGE: TokenMaker = { id: "meta/vjepa2-vitl-256", tokenWidth: 1024, tokenRate: 8, tokensPerStep: 1 };

/** What a bridge is trained in. */
export type TrainedIn = Pick<AudioBackbone, "id" | "codec" | "denoiser" | "conditionGraph" | "weights">;

/** What is measured. */
export interface BridgeStepOptions {
  /** Clips per step. */
  readonly batch: number;
  /** Parts that a step is computed in. */
  readonly parts: number;
  /** Latents per clip. */
  readonly latents: number;
  readonly adapter: BridgeConfig["adapter"];
  readonly steps: number;
  readonly threads?: number | undefined;
  /** Hears of every step. */
  readonly onStep?: (loss: number, seconds: number) => void;
}

/** What was found. */
export interface BridgeStepReport {
  readonly bridgeParameters: number;
  /** Floating-point operations of one clip: a forward pass of the denoiser alone, of the loss with the bridge, and with its gradients. */
  readonly flops: { readonly denoiser: number; readonly loss: number; readonly gradients: number };
  readonly loadSeconds: number;
  /** Of every step; the first reads the weights. */
  readonly stepSeconds: readonly number[];
  /** The processor's time of every step, which other work on the machine hardly moves. */
  readonly stepProcessorSeconds: readonly number[];
  readonly losses: readonly number[];
  /** Most memory held at once, mapped weights and all, and how much of it was no file, megabytes. */
  readonly peak: number;
  readonly anonymous: number;
}

/** Made-up clips of the sizes of a graph, always the same ones. */
export function madeUp(source: Graph): Record<string, PlainTensor> {
  const plain: Readonly<Record<string, number>> = {
    ...{ textKept: 1, textAway: 0, mask: 1, secondsStart: 0, secondsTotal: 10, time: 0.6 },
    // Nothing of the sound is known.
    local: 0,
  };
  return Object.fromEntries(
    source.inputs.map(({ name = "", shape }) => {
      const size = elementCount(shape);
      const value = plain[name];
      const data = value === undefined ? normalArray(1, [name], size) : new Float32Array(size).fill(value);
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}

/** Megabytes of the process, by their names in /proc; 0 where there is none. */
export function memoryOf(name: "VmHWM" | "VmRSS" | "RssAnon" | "RssFile"): number {
  try {
    return Number(new RegExp(`${name}:\\s*(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    return 0;
  }
}

/** Trains a fresh bridge on one batch for a few steps. */
export async function measureBridgeStep(backbone: TrainedIn, options: BridgeStepOptions): Promise<BridgeStepReport> {
  const { batch, parts, latents, adapter } = options;
  const config = bridgeConfig(backbone, VJEPA2_LARGE, { adapter });
  const videoTokens = Math.ceil((latents / backbone.codec.latentRate) * config.tokenRate);
  const lossOf = (rows: number) => bridgeLoss(backbone, config, { batch: rows, frames: latents, videoTokens });
  const start = initialiseBridge(config, 1);
  const one = lossOf(1);
  const flops = {
    denoiser: flopsOf(backbone.denoiser.graph({ frames: latents })),
    loss: flopsOf(one),
    gradients: flopsOf(gradientStep(one, parameterLayout(one, Object.keys(start)))),
  };
  const frozen = {
    names: () => [...parametersOf(one).keys()].filter((name) => !(name in start)),
    get: (name: string) => backbone.denoiser.weights.get(name) ?? backbone.weights.get(name),
  };
  await using runtime = nodeRuntime({ device: "cpu", worker: false, ...(options.threads && { threads: options.threads }) });
  const begun = performance.now();
  const trainer = await createTrainer(runtime, lossOf(batch / parts), start, {
    frozen,
    learningRate: () => 1e-4,
    microBatches: parts,
  });
  const loadSeconds = (performance.now() - begun) / 1000;
  const inputs = madeUp(lossOf(batch));
  const [stepSeconds, stepProcessorSeconds, losses]: [number[], number[], number[]] = [[], [], []];
  let anonymous = 0;
  const watch = setInterval(() => {
    anonymous = Math.max(anonymous, memoryOf("RssAnon"));
  }, 50);
  try {
    for (let step = 0; step < options.steps; step++) {
      const from = performance.now();
      const before = process.cpuUsage();
      const { loss } = await trainer.advance(inputs);
      stepSeconds.push((performance.now() - from) / 1000);
      const { user, system } = process.cpuUsage(before);
      stepProcessorSeconds.push((user + system) / 1e6);
      losses.push(loss);
      options.onStep?.(loss, stepSeconds.at(-1) as number);
    }
  } finally {
    clearInterval(watch);
    await trainer.dispose();
  }
  const bridgeParameters = Object.values(start).reduce((sum, { data }) => sum + data.length, 0);
  return { bridgeParameters, flops, loadSeconds, stepSeconds, stepProcessorSeconds, losses, peak: memoryOf("VmHWM"), anonymous };
}
