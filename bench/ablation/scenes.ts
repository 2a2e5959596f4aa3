/** The scenes of an ablation, encoded once for each pooling; latents and captions are shared. */
import { existsSync, linkSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Runtime } from "@foley-control/core";
import type { MiniModel } from "@foley-control/mini/node";
import {
  CLIP_FRAMES,
  CLIP_SECONDS,
  openDataset,
  type PrepareOptions,
  prepareLatents,
  prepareVideoTokens,
  type SceneDataset,
} from "@foley-control/train/node";
import { POOLINGS, pooledEncoder, type SmallPooling } from "./poolings.js";

/** Scenes of one shard. */
const SHARD = 256;

/** Which scenes. */
export interface SceneSet {
  /** Folder that gets a subfolder per pooling. */
  readonly directory: string;
  /** Of the scenes. */
  readonly seed: number;
  readonly scenes: number;
  /** Scenes that no training sees. */
  readonly heldOut: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string, done: number, total: number) => void;
}

/** Encodes what is missing; `undefined` when the signal stopped it. */
export async function encodedScenes(
  runtime: Runtime,
  { backbone, encoder }: MiniModel,
  { directory, onProgress, ...set }: SceneSet,
): Promise<Readonly<Record<SmallPooling, SceneDataset>> | undefined> {
  const { codec, text } = backbone;
  const options = (what: string, folder: string): PrepareOptions => ({
    ...set,
    directory: folder,
    shard: Math.min(SHARD, set.scenes),
    seconds: CLIP_SECONDS,
    sampleRate: codec.sampleRate,
    onProgress: (done, total) => onProgress(what, done, total),
  });
  const folderOf = (pooling: SmallPooling) => join(directory, pooling);
  const [first, ...others] = POOLINGS;
  const ready = await prepareLatents(runtime, {
    ...options("latents", folderOf(first)),
    encodeGraph: (batch) => codec.encodeGraph({ frames: CLIP_FRAMES, batch }),
    codec: codec.weights,
    samples: CLIP_FRAMES * codec.hop,
    tokenise: text.tokenise,
  });
  if (!ready) return undefined;
  for (const pooling of others) linkLatents(folderOf(first), folderOf(pooling));
  for (const pooling of POOLINGS) {
    const made = await prepareVideoTokens(runtime, {
      ...options(`${pooling} tokens`, folderOf(pooling)),
      encoder: pooledEncoder(encoder, pooling),
    });
    if (!made) return undefined;
  }
  return Object.fromEntries(
    await Promise.all(POOLINGS.map(async (pooling) => [pooling, await openDataset(folderOf(pooling))] as const)),
  ) as Record<SmallPooling, SceneDataset>;
}

function linkLatents(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter((name) => name.startsWith("latents-")))
    if (!existsSync(join(to, file))) linkSync(join(from, file), join(to, file));
}
