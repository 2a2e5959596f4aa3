/** From the folder of a finished training to the three float16 files of a small model. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SmallBackboneConfig, smallBackbone } from "@foley-control/audio-backbone";
import { type BridgeConfig, bridgeParameters } from "@foley-control/bridge";
import { FoleyError, float32ToFloat16, type Graph, memoryParameters, type PlainTensor } from "@foley-control/core";
import { digestFile } from "@foley-control/files/node";
import { parametersOf } from "@foley-control/graph";
import { MOTION_ENCODER, motionEncoder } from "@foley-control/video-encoder";
import { openSafetensors, type SafetensorsFile, writeSafetensorsFile } from "@foley-control/weights/node";
import { MINI_FILES, MINI_FORMATS } from "../files.js";

/** What {@link packMini} needs. */
export interface PackOptions {
  /** Length of the clips of the training, seconds. Default 4. */
  readonly trainedSeconds?: number | undefined;
}

/** What {@link packMini} wrote. */
export interface PackReport {
  /** Bytes per file name. */
  readonly bytes: Readonly<Record<string, number>>;
}

/** Ends of names that stay float32: frequencies are multiplied by large numbers, statistics are few. */
const keptAsFloat32 = ["timestep_features.weight", "embedding.0.weights", "codec.mean", "codec.scale"];
/** Written by a training that heard recordings. */
const ATTRIBUTION_FILE = "ATTRIBUTION.md";
const LARGEST_FLOAT16 = 65504;
const STAGES = ["codec", "video-encoder", "denoiser", "bridge"] as const;

/**
 * Packs a training: `<trained>/{codec,video-encoder,denoiser}/weights.safetensors` and `<trained>/bridge/bridge.safetensors`
 * (float32) become the files of `MINI_FILES` (float16); `denoiser/ATTRIBUTION.md` is copied where recordings were trained on. Exactly the parameters that the networks use are taken; training heads are left behind.
 *
 * @param trained - folder of the training.
 * @param target - folder to write into; made when it is missing.
 * @throws FoleyError `bad-file` when a stage has not finished; `bad-weights` when a parameter is missing or does not fit float16.
 */
export async function packMini(trained: string, target: string, options: PackOptions = {}): Promise<PackReport> {
  const files = Object.fromEntries(
    await Promise.all(STAGES.map(async (stage) => [stage, await openStage(trained, stage)] as const)),
  ) as Record<(typeof STAGES)[number], SafetensorsFile>;
  const training = JSON.stringify(
    Object.fromEntries(await Promise.all(STAGES.map(async (stage) => [stage, await lastOfLog(trained, stage)] as const))),
  );
  await mkdir(target, { recursive: true });
  const path = (part: keyof typeof MINI_FILES) => join(target, MINI_FILES[part]);

  const config = JSON.parse(files.denoiser.metadata["config"] ?? "null") as SmallBackboneConfig | null;
  if (config === null)
    throw new FoleyError("bad-weights", `${files.denoiser.path} has no "config" in its metadata.`, {
      hint: 'Run the stage again with runStage("denoiser").',
    });
  const none = memoryParameters({});
  const backbone = smallBackbone(none, config);
  const frames = 4;
  const graphs = [
    backbone.codec.encodeGraph({ frames }),
    backbone.codec.decodeGraph({ frames }),
    backbone.text.graph(),
    backbone.conditionGraph({ frames }),
    backbone.denoiser.graph({ frames }),
  ];
  await writeSafetensorsFile(path("backbone"), await collect(graphs, [files.codec, files.denoiser]), {
    format: MINI_FORMATS.backbone,
    config: JSON.stringify(config),
    licence: "Apache-2.0",
  });

  const encoder = motionEncoder(none);
  await writeSafetensorsFile(
    path("encoder"),
    await collect([encoder.graph({ frames: encoder.window })], [files["video-encoder"]]),
    {
      format: MINI_FORMATS.encoder,
      config: JSON.stringify(MOTION_ENCODER),
      licence: "Apache-2.0",
    },
  );

  // What a stopped training leaves is a bridge too.
  const { step, plan } = JSON.parse(files.bridge.metadata["training"] ?? "{}") as { step?: number; plan?: { steps: number } };
  if (!(Number(step) >= Number(plan?.steps))) throw unfinished("bridge", `${files.bridge.path} is not trained to its end`);
  const bridgeConfig = JSON.parse(files.bridge.metadata["config"] ?? "null") as BridgeConfig | null;
  if (bridgeConfig === null)
    throw new FoleyError("bad-weights", `${files.bridge.path} has no "config" in its metadata.`, {
      hint: 'Run the stage again with runStage("bridge").',
    });
  const digests = { backbone: await digestFile(path("backbone")), encoder: await digestFile(path("encoder")) };
  await writeSafetensorsFile(
    path("bridge"),
    await packed(
      bridgeParameters(bridgeConfig).map(({ name }) => name),
      [files.bridge],
    ),
    {
      format: MINI_FORMATS.bridge,
      config: JSON.stringify(bridgeConfig),
      digests: JSON.stringify(digests),
      training,
      trainedSeconds: JSON.stringify(options.trainedSeconds ?? 4),
      licence: "Apache-2.0",
    },
  );
  // Whoever made the recordings that it was trained on is named beside the weights.
  const attribution = join(trained, "denoiser", ATTRIBUTION_FILE);
  if (existsSync(attribution)) await copyFile(attribution, join(target, ATTRIBUTION_FILE));
  const sizes = await Promise.all(
    (Object.keys(MINI_FILES) as (keyof typeof MINI_FILES)[]).map(
      async (part) => [MINI_FILES[part], (await readFile(path(part))).length] as const,
    ),
  );
  return { bytes: Object.fromEntries(sizes) };
}

async function openStage(trained: string, stage: string): Promise<SafetensorsFile> {
  const path = join(trained, stage, stage === "bridge" ? "bridge.safetensors" : "weights.safetensors");
  if (!existsSync(path)) throw unfinished(stage, `${path} is missing`);
  return openSafetensors(path);
}

const unfinished = (stage: string, why: string): FoleyError =>
  new FoleyError("bad-file", `The stage "${stage}" has not finished: ${why}.`, {
    hint: `Run it first with runStage("${stage}").`,
  });

const collect = (graphs: readonly Graph[], sources: readonly SafetensorsFile[]) =>
  packed([...new Set(graphs.flatMap((graph) => [...parametersOf(graph).keys()]))], sources);

async function packed(names: readonly string[], sources: readonly SafetensorsFile[]): Promise<Record<string, PlainTensor>> {
  const tensors: Record<string, PlainTensor> = {};
  for (const name of names) {
    const source = sources.find((file) => file.entries.has(name));
    if (!source)
      throw new FoleyError("bad-weights", `No stage wrote the parameter "${name}".`, {
        hint: "Train with the same version that packs.",
      });
    const tensor = await source.read(name);
    tensors[name] = keptAsFloat32.some((ending) => name.endsWith(ending)) ? tensor : half(name, tensor);
  }
  return tensors;
}

function half(name: string, tensor: PlainTensor): PlainTensor {
  if (!(tensor.data instanceof Float32Array))
    throw new FoleyError("bad-weights", `The parameter "${name}" is ${tensor.dtype}; float32 was expected.`);
  const odd = tensor.data.find((value) => !(Math.abs(value) <= LARGEST_FLOAT16));
  if (odd !== undefined)
    throw new FoleyError("bad-weights", `The parameter "${name}" holds ${odd}, which float16 cannot.`, {
      hint: "The training has diverged; lower its learning rate.",
    });
  return { dtype: "float16", shape: tensor.shape, data: float32ToFloat16(tensor.data) };
}

/** Lines of the log over which the last loss is taken: that of a single step says little. */
const LAST_STEPS = 10;

/** Steps done and the mean loss of the last ones, from the training's log; zeros where there is none. */
async function lastOfLog(trained: string, stage: string): Promise<{ readonly steps: number; readonly loss: number }> {
  const text = (await readFile(join(trained, stage, "log.jsonl"), "utf8").catch(() => "")).trimEnd();
  if (text === "") return { steps: 0, loss: 0 };
  const lines = text
    .split("\n")
    .slice(-LAST_STEPS)
    .map((line) => JSON.parse(line) as { readonly step: number; readonly loss: number });
  const steps = (lines.at(-1) as { readonly step: number }).step;
  const last = lines.filter(({ step }) => step > steps - LAST_STEPS);
  const loss = last.reduce((sum, line) => sum + line.loss, 0) / last.length;
  return { steps, loss: Math.round(loss * 1e5) / 1e5 };
}
