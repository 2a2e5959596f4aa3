/** The scenes of an ablation, prepared once for each pooling. */
import { join } from "node:path";
import type { Runtime } from "@foley-control/core";
import type { MiniModel } from "@foley-control/mini/node";
import { CLIP_SECONDS, prepareDataset, type SceneSource } from "@foley-control/train/node";
import { POOLINGS, pooledEncoder, type SmallPooling } from "./poolings.js";

/** Prepares what is missing; the folders of the features. */
export async function preparedScenes(
  runtime: Runtime,
  { backbone, encoder }: MiniModel,
  source: SceneSource,
  directory: string,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress: (what: string, done: number, total: number) => void;
  },
): Promise<Readonly<Record<SmallPooling, string>>> {
  const folders = Object.fromEntries(POOLINGS.map((pooling) => [pooling, join(directory, pooling)])) as Record<
    SmallPooling,
    string
  >;
  for (const pooling of POOLINGS) {
    await prepareDataset(runtime, {
      source,
      directory: folders[pooling],
      parts: { backbone, encoder: pooledEncoder(encoder, pooling) },
      seconds: CLIP_SECONDS,
      rules: [],
      signal: options.signal,
      onProgress: ({ done, total }) => options.onProgress(`${pooling} tokens`, done, total),
    });
  }
  return folders;
}
