/**
 * The denoiser with its bridge, split into a prologue that runs once per clip and a step that runs once per sampler step
 * (design: `hoist`). All guidance branches are rows of one batch.
 */
import { type TokenPart, unpackTokens } from "@foley-control/bridge";
import {
  type BlockHook,
  type Bridge,
  type ClipSize,
  type Denoiser,
  type DeviceTensor,
  type Executable,
  FoleyError,
  mergeParameters,
  type PlainTensor,
} from "@foley-control/core";
import { type Hoisted, hoist, input, ops } from "@foley-control/graph";
import { type Executables, leaseAll } from "./executables.js";

/** What shapes a denoiser graph. */
export interface DenoiserShape {
  /** Latents, and rows of what is conditioned on. */
  readonly size: ClipSize;
  /** Rows of the batch. */
  readonly rows: number;
  /** Video tokens, their width, and how many are whose; `undefined` leaves the bridge out. */
  readonly video: { readonly tokens: number; readonly width: number; readonly parts?: readonly TokenPart[] } | undefined;
  /** Whether the graph has the input `videoStrength`; without it the bridge is added as trained. */
  readonly scaled: boolean;
}

/** A denoiser ready to run; it stays loaded until it is disposed. */
export interface LoadedDenoiser extends Disposable {
  /** Runs the prologue; the result conditions every step. Dispose it. */
  prepare(inputs: Readonly<Record<string, PlainTensor>>, signal: AbortSignal | undefined): Promise<PreparedDenoiser>;
}

/** A denoiser that knows its conditions. */
export interface PreparedDenoiser {
  /** latents [rows, channels, frames] and time [rows] → prediction of the same shape as latents. */
  step(latents: PlainTensor<"float32">, time: PlainTensor<"float32">, signal: AbortSignal | undefined): Promise<Float32Array>;
  /** Frees what the prologue left on the device. */
  dispose(): void;
}

/** Builds prologue and step. Inputs beside the denoiser's own: `video` [rows, tokens, width], `videoStrength` [1]. */
export function denoiserGraphs(denoiser: Denoiser, bridge: Bridge | undefined, shape: DenoiserShape): Hoisted {
  const { size, rows } = shape;
  if (shape.video === undefined || bridge === undefined)
    return hoist(denoiser.graph({ ...size, batch: rows }), ["latents", "time"]);
  const video = input("video", [rows, shape.video.tokens, shape.video.width]);
  const strength = input("videoStrength", [1]);
  const { parts = [] } = shape.video;
  const plain = bridge.hook(parts.length > 1 ? unpackTokens(video, parts) : video);
  const hook: BlockHook = shape.scaled ? (x, site) => ops.add(x, ops.multiply(ops.subtract(plain(x, site), x), strength)) : plain;
  return hoist(denoiser.graph({ ...size, batch: rows, hook, extraInputs: shape.scaled ? [video, strength] : [video] }), [
    "latents",
    "time",
  ]);
}

/** Loads prologue and step, or finds them loaded. */
export async function loadDenoiser(
  executables: Executables,
  denoiser: Denoiser,
  bridge: Bridge | undefined,
  shape: DenoiserShape,
): Promise<LoadedDenoiser> {
  let graphs: Hoisted | undefined;
  const build = () => (graphs ??= denoiserGraphs(denoiser, bridge, shape));
  const weights =
    bridge === undefined || shape.video === undefined ? denoiser.weights : mergeParameters(denoiser.weights, bridge.weights);
  const key = JSON.stringify([shape.size.frames, shape.size.rows, shape.rows, shape.video?.parts, shape.scaled]);
  // The bridge is small, was trained in float32, and is what the picture acts through: it stays float32 in every precision.
  const trained = new Set(bridge?.parameters.map(({ name }) => name));
  const keepFloat32 = (name: string) => trained.has(name);
  const [prologue, step] = await leaseAll([
    executables.lease(`prologue ${key}`, () => build().prologue, weights, { keepFloat32 }),
    executables.lease(`step ${key}`, () => build().step, weights, { keepFloat32 }),
  ]);
  const { prologue: early, step: late } = build();
  const names = (graph: typeof early) => new Set(graph.inputs.map(({ name }) => name));
  const [earlyNames, lateNames] = [names(early), names(late)];
  return {
    prepare: async (inputs, signal) => {
      const hoisted = await prologue.executable.runOnDevice(only(inputs, earlyNames), { signal });
      return prepared(step.executable, { ...only(inputs, lateNames), ...hoisted }, Object.values(hoisted));
    },
    [Symbol.dispose]() {
      prologue[Symbol.dispose]();
      step[Symbol.dispose]();
    },
  };
}

function prepared(
  step: Executable,
  fixed: Readonly<Record<string, PlainTensor | DeviceTensor>>,
  held: readonly DeviceTensor[],
): PreparedDenoiser {
  return {
    async step(latents, time, signal) {
      const { prediction } = await step.run({ ...fixed, latents, time }, { signal });
      if (!(prediction?.data instanceof Float32Array))
        throw new FoleyError("shape-mismatch", 'The denoiser gave no float32 output named "prediction".');
      return prediction.data;
    },
    dispose() {
      for (const tensor of held) tensor.dispose();
    },
  };
}

function only<T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}
