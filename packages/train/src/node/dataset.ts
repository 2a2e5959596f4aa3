/**
 * The prepared dataset: every scene's latents, pooled video tokens and captions, computed once and kept as float16 shards
 * of safetensors. A shard that exists is finished, so an interrupted preparation goes on where it stopped.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  createRandom,
  FoleyError,
  float16ToFloat32,
  type Graph,
  type ParameterSource,
  type PlainTensor,
  type Random,
  type Runtime,
  type VideoEncoder,
} from "@foley-control/core";
import {
  describeScene,
  renderAudio,
  renderScene,
  type SceneAudio,
  type SceneClass,
  SOLID_MATERIALS,
} from "@foley-control/scenes";
import { encodeSegments, segmentPixels } from "@foley-control/video-encoder";
import { openSafetensors, writeSafetensorsFile } from "@foley-control/weights/node";
import type { ClipBatch, TrainingClips } from "../data/training-clips.js";
import { HELD_OUT_SEED } from "../scene-batches.js";
import { half, joinRows, type Tensors } from "./shard-rows.js";

/** What both preparations need. */
export interface PrepareOptions {
  /** Folder of the shards. */
  readonly directory: string;
  /** Seed of the scenes and of what is drawn for them. */
  readonly seed: number;
  /** Number of scenes. */
  readonly scenes: number;
  /** Scenes per file. */
  readonly shard: number;
  /** Length of a scene. */
  readonly seconds: number;
  /** Of the sound, Hz. */
  readonly sampleRate: number;
  /** Whether these are scenes to judge by, which no training sees. Default false. */
  readonly heldOut?: boolean | undefined;
  /** Stops between batches; finished shards stay. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how many scenes are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Scenes per run of the codec and the encoder. */
const BATCH = 8;
/** Captions kept per scene. */
const CAPTIONS = 4;
/**
 * Share of scenes whose sound is that of another material than the one that is seen, with a caption that names what
 * sounds: so a bridge cannot take the material from the picture and the prompt keeps its say.
 */
export const REVOICED_SHARE = 0.5;

type MakeBatch = (scenes: readonly number[]) => Promise<Tensors>;

/** Writes every shard that is missing: rows of each batch joined along the first axis. Returns whether all are there. */
async function prepareShards(kind: "latents" | "video", options: PrepareOptions, make: MakeBatch): Promise<boolean> {
  await mkdir(options.directory, { recursive: true });
  for (let shard = 0; shard * options.shard < options.scenes; shard++) {
    const path = join(options.directory, `${kind}-${String(shard).padStart(4, "0")}.safetensors`);
    if (existsSync(path)) continue;
    const first = shard * options.shard;
    const count = Math.min(options.shard, options.scenes - first);
    const parts: Tensors[] = [];
    for (let done = 0; done < count; done += BATCH) {
      if (options.signal?.aborted) return false;
      parts.push(await make(Array.from({ length: Math.min(BATCH, count - done) }, (_, row) => first + done + row)));
      options.onProgress?.(first + Math.min(done + BATCH, count), options.scenes);
    }
    await writeSafetensorsFile(path, joinRows(parts), { seed: String(options.seed), firstScene: String(first) });
  }
  return true;
}

/** Latents and captions of all scenes. */
export async function prepareLatents(
  runtime: Runtime,
  options: PrepareOptions & {
    /** Encode graph for a batch. */
    readonly encodeGraph: (batch: number) => Graph;
    readonly codec: ParameterSource;
    /** Samples per clip that are encoded; the clip is padded with silence. */
    readonly samples: number;
    readonly tokenise: (text: string) => { readonly ids: BigInt64Array; readonly mask: Float32Array };
  },
): Promise<boolean> {
  const codec = await runtime.load(options.encodeGraph(BATCH), options.codec);
  const length = options.tokenise("").ids.length;
  try {
    return await prepareShards("latents", options, async (scenes) => {
      const audio = new Float32Array(BATCH * options.samples);
      const ids = new BigInt64Array(BATCH * CAPTIONS * length);
      const mask = new Float32Array(BATCH * CAPTIONS * length);
      scenes.forEach((index, row) => {
        const heard = datasetSound(options, index);
        audio.set(heard.audio.subarray(0, options.samples), row * options.samples);
        const captions = [heard.caption, ...heard.paraphrases];
        for (let caption = 0; caption < CAPTIONS; caption++) {
          const text = options.tokenise(captions[caption % captions.length] as string);
          ids.set(text.ids, (row * CAPTIONS + caption) * length);
          mask.set(text.mask, (row * CAPTIONS + caption) * length);
        }
      });
      const { latents } = await codec.run({ audio: { dtype: "float32", shape: [BATCH, 1, options.samples], data: audio } });
      // The last batch of a shard may be short; its surplus rows are silence, and cut off again.
      return firstRows(
        {
          latents: half(latents as PlainTensor<"float32">, "A latent"),
          ids: { dtype: "int64", shape: [BATCH, CAPTIONS, length], data: ids },
          mask: { dtype: "float32", shape: [BATCH, CAPTIONS, length], data: mask },
        },
        scenes.length,
      );
    });
  } finally {
    await codec.dispose();
  }
}

/** Pooled video tokens of all scenes. */
export async function prepareVideoTokens(
  runtime: Runtime,
  options: PrepareOptions & { readonly encoder: VideoEncoder },
): Promise<boolean> {
  const { encoder, seconds } = options;
  const { frameRate, window } = encoder;
  // Rendered square and large enough for the encoder, which prepares and cuts them as it does those of a file.
  const size = Math.max(...encoder.imageSize);
  const bytes = 3 * size * size;
  const executable = await runtime.load(encoder.graph({ frames: window }), encoder.weights);
  try {
    return await prepareShards("video", options, async (scenes) => {
      const parts: Tensors[] = [];
      for (const index of scenes) {
        const { frames } = renderScene(datasetSeed(options, index), { seconds, audio: false, imageSize: size, frameRate });
        const pictures = Array.from({ length: frames.length / bytes }, (_, i) => ({
          rgb: frames.subarray(i * bytes, (i + 1) * bytes),
        }));
        const tokens = await encodeSegments(executable, encoder, segmentPixels(encoder, pictures, [size, size]), options);
        parts.push({ video: half(tokens, "A video token") });
      }
      return joinRows(parts);
    });
  } finally {
    await executable.dispose();
  }
}

/** Scene seed of entry `index`. */
const datasetSeed = ({ seed, heldOut }: Pick<PrepareOptions, "seed" | "heldOut">, index: number): number =>
  heldOut ? HELD_OUT_SEED + index : createRandom(seed, "dataset", index).integer(0, HELD_OUT_SEED);

/** What entry `index` shows. */
export const datasetClass = (options: Pick<PrepareOptions, "seed" | "heldOut">, index: number): SceneClass =>
  describeScene(datasetSeed(options, index)).class;

/** Sound and captions of entry `index`: in half of the entries another material than the one that is seen. */
export function datasetSound(
  options: Pick<PrepareOptions, "seed" | "seconds" | "sampleRate" | "heldOut">,
  index: number,
): SceneAudio {
  const sceneSeed = datasetSeed(options, index);
  const random = createRandom(options.seed, "datasetMaterial", index);
  const rendering = { seconds: options.seconds, sampleRate: options.sampleRate };
  const revoiced = random.chance(REVOICED_SHARE) && describeScene(sceneSeed, rendering).contradiction !== null;
  return renderAudio(sceneSeed, revoiced ? { ...rendering, material: random.pick(SOLID_MATERIALS) } : rendering);
}

function firstRows(tensors: Tensors, count: number): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      {
        dtype: tensor.dtype,
        shape: [count, ...tensor.shape.slice(1)],
        data: tensor.data.subarray(0, (tensor.data.length / (tensor.shape[0] as number)) * count),
      } as PlainTensor,
    ]),
  );
}

/** A dataset of scenes in memory. */
export interface SceneDataset extends TrainingClips {
  rows(indices: readonly number[], caption: (row: number) => Random): ClipBatch;
  video(indices: readonly number[]): Float32Array;
}

/** Opens the shards of a folder; video tokens may be missing when only sound is trained on. */
export async function openDataset(directory: string): Promise<SceneDataset> {
  const latents = await openTensor(directory, "latents", "latents");
  const ids = await openTensor(directory, "latents", "ids");
  const mask = await openTensor(directory, "latents", "mask");
  const video = await openTensor(directory, "video", "video");
  if (!latents || !ids || !mask)
    throw new FoleyError("invalid-argument", `There is no dataset in ${directory}.`, {
      hint: "Run the stage first: foley train latents.",
    });
  const length = ids.shape[2] as number;
  return {
    count: latents.shape[0] as number,
    videoTokens: video?.shape[1] ?? 0,
    rows(indices, caption) {
      const size = latents.data.length / (latents.shape[0] as number);
      const all = new Float32Array(indices.length * size);
      const chosenIds = new BigInt64Array(indices.length * length);
      const chosenMask = new Float32Array(indices.length * length);
      indices.forEach((index, row) => {
        all.set(float16ToFloat32((latents.data as Uint16Array).subarray(index * size, (index + 1) * size)), row * size);
        const at = (index * CAPTIONS + caption(row).integer(0, CAPTIONS)) * length;
        chosenIds.set((ids.data as BigInt64Array).subarray(at, at + length), row * length);
        chosenMask.set((mask.data as Float32Array).subarray(at, at + length), row * length);
      });
      return { latents: all, ids: chosenIds, mask: chosenMask };
    },
    video(indices) {
      if (!video || video.shape[0] !== latents.shape[0])
        throw new FoleyError("invalid-argument", `The dataset in ${directory} has no video tokens for all of its scenes.`, {
          hint: "Run the stage first: foley train video-tokens.",
        });
      const size = video.data.length / (video.shape[0] as number);
      const all = new Float32Array(indices.length * size);
      for (const [row, index] of indices.entries()) {
        all.set(float16ToFloat32((video.data as Uint16Array).subarray(index * size, (index + 1) * size)), row * size);
      }
      return all;
    },
  };
}

/** One tensor over all shards of a kind. */
async function openTensor(directory: string, kind: string, name: string): Promise<PlainTensor | undefined> {
  const files = existsSync(directory)
    ? (await readdir(directory)).filter((file) => new RegExp(`^${kind}-\\d+\\.safetensors$`).test(file)).sort()
    : [];
  if (files.length === 0) return undefined;
  const parts = await Promise.all(
    files.map(async (file) => ({ [name]: await (await openSafetensors(join(directory, file))).read(name) })),
  );
  return joinRows(parts)[name];
}
