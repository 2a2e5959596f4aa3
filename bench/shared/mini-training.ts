/** A step of the small model's bridge, for benchmarks: its own weights, a batch of 4 s clips drawn at random. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BridgeConfig, bridgeSublayer } from "@foley-control/bridge";
import {
  elementCount,
  float16ToFloat32,
  memoryParameters,
  normalArray,
  type PlainTensor,
  parameterTensor,
} from "@foley-control/core";
import { input, parametersOf } from "@foley-control/graph";
import { loadMini, MINI_FILES, type MiniPart } from "@foley-control/mini";
import { miniDirectory } from "@foley-control/mini/node";
import { diffusionLoss } from "@foley-control/train";

/** Latents and video tokens of 4 s. */
const [FRAMES, TOKENS] = [94, 32];

/** @param rows - clips of a batch */
export async function miniTraining(rows: number) {
  const read = (part: MiniPart) => readFileSync(join(miniDirectory(), MINI_FILES[part]));
  const { backbone, bridge } = await loadMini({ backbone: read("backbone"), encoder: read("encoder"), bridge: read("bridge") });
  // The contract does not say what a bridge's configuration holds; that of the small model is one of ours.
  const config = bridge.config as unknown as BridgeConfig;
  const { denoiser } = backbone;
  const video = input("video", [rows, TOKENS, config.tokenWidth]);
  const hook = (x: Parameters<typeof bridgeSublayer>[0], site: Parameters<typeof bridgeSublayer>[1]) =>
    bridgeSublayer(x, site, video, config);
  const loss = diffusionLoss(denoiser, { batch: rows, frames: FRAMES, hook, extraInputs: [video] });
  const float32 = (name: string, from: typeof bridge.weights): PlainTensor<"float32"> => {
    const { dtype, shape, data } = parameterTensor(name, from.get(name) as NonNullable<ReturnType<typeof from.get>>);
    return {
      dtype: "float32",
      shape,
      data: dtype === "float16" ? float16ToFloat32(data as Uint16Array) : (data as Float32Array),
    };
  };
  const trained = new Set(bridge.weights.names());
  const start = Object.fromEntries([...trained].map((name) => [name, float32(name, bridge.weights)]));
  const tensors = Object.fromEntries(
    [...parametersOf(loss).keys()].filter((name) => !trained.has(name)).map((name) => [name, float32(name, denoiser.weights)]),
  );
  const batch: Record<string, PlainTensor<"float32">> = {};
  for (const { name = "", shape } of loss.inputs) {
    const size = elementCount(shape);
    const data = name === "time" ? Float32Array.from({ length: size }, (_, i) => (i + 0.5) / size) : normalArray(5, [name], size);
    batch[name] = { dtype: "float32", shape, data };
  }
  const site = denoiser.sites(FRAMES)[0] as ReturnType<typeof denoiser.sites>[number];
  return {
    loss,
    frozen: { source: memoryParameters(tensors), tensors },
    start,
    batch,
    site,
    config,
    depth: denoiser.sites(1).length,
  };
}
