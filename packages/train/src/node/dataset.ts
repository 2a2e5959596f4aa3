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
  float32ToFloat16,
  type Graph,
  type ParameterSource,
  type PlainTensor,
  type Random,
  type Runtime,
  type VideoEncoder,
} from "@foley-control/core";
import { describeScene, renderAudio, renderScene, type SceneAudio, SOLID_MATERIALS } from "@foley-control/scenes";
import { openSafetensors, writeSafetensorsFile } from "@foley-control/weights/node";
import { HELD_OUT_SEED } from "../scene-batches.js";

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

type Tensors = Record<string, PlainTensor>;
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
      // The last batch of a shard is filled up by repeating its last scene; the surplus rows are cut off again.
      const rows = Array.from({ length: BATCH }, (_, row) => first + Math.min(done + row, count - 1));
      parts.push(firstRows(await make(rows), Math.min(BATCH, count - done)));
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
      return {
        latents: half(latents as PlainTensor<"float32">),
        ids: { dtype: "int64", shape: [BATCH, CAPTIONS, length], data: ids },
        mask: { dtype: "float32", shape: [BATCH, CAPTIONS, length], data: mask },
      };
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
  const { frameRate, imageSize } = encoder;
  const executable = await runtime.load(encoder.graph({ frames: seconds * frameRate, batch: BATCH }), encoder.weights);
  const size = seconds * frameRate * 3 * imageSize[0] * imageSize[1];
  try {
    return await prepareShards("video", options, async (scenes) => {
      const pixels = new Float32Array(BATCH * size);
      scenes.forEach((index, row) => {
        const { frames } = renderScene(datasetSeed(options.seed, index), {
          seconds,
          audio: false,
          imageSize: imageSize[0],
          frameRate: 16,
        });
        normalisedPixels(frames, imageSize, encoder.normalisation, pixels.subarray(row * size, (row + 1) * size));
      });
      const { tokens } = await executable.run({
        pixels: { dtype: "float32", shape: [BATCH, seconds * frameRate, 3, ...imageSize], data: pixels },
      });
      return { video: half(tokens as PlainTensor<"float32">) };
    });
  } finally {
    await executable.dispose();
  }
}

const half = (tensor: PlainTensor<"float32">): PlainTensor<"float16"> => ({
  dtype: "float16",
  shape: tensor.shape,
  data: float32ToFloat16(tensor.data),
});

/** Scene seed of entry `index`. */
const datasetSeed = (seed: number, index: number): number => createRandom(seed, "dataset", index).integer(0, HELD_OUT_SEED);

/** Sound and captions of entry `index`: in half of the entries another material than the one that is seen. */
export function datasetSound(
  options: { readonly seed: number; readonly seconds: number; readonly sampleRate: number },
  index: number,
): SceneAudio {
  const sceneSeed = datasetSeed(options.seed, index);
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

function joinRows(parts: readonly Tensors[]): Tensors {
  const first = parts[0] as Tensors;
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => {
      const all = parts.map((part) => part[name] as PlainTensor);
      const count = all.reduce((total, part) => total + (part.shape[0] as number), 0);
      const Kind = tensor.data.constructor as new (length: number) => { set(values: ArrayLike<unknown>, at: number): void };
      const data = new Kind(all.reduce((total, part) => total + part.data.length, 0));
      let at = 0;
      for (const part of all) {
        data.set(part.data as ArrayLike<unknown>, at);
        at += part.data.length;
      }
      return [name, { dtype: tensor.dtype, shape: [count, ...tensor.shape.slice(1)], data } as unknown as PlainTensor];
    }),
  );
}

/** RGB bytes [time, height, width, 3] → normalised planes [time, 3, height, width]. */
export function normalisedPixels(
  frames: Uint8Array,
  size: readonly [number, number],
  normalisation: VideoEncoder["normalisation"],
  into: Float32Array,
): void {
  const plane = size[0] * size[1];
  const time = frames.length / (plane * 3);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * (normalisation.std[channel] as number));
    const shift = (normalisation.mean[channel] as number) / (normalisation.std[channel] as number);
    for (let frame = 0; frame < time; frame++) {
      const from = frame * plane * 3 + channel;
      const to = (frame * 3 + channel) * plane;
      for (let i = 0; i < plane; i++) into[to + i] = (frames[from + i * 3] as number) * scale - shift;
    }
  }
}

/** A dataset in memory. */
export interface SceneDataset {
  /** Number of scenes. */
  readonly count: number;
  /** Video tokens per clip. */
  readonly videoTokens: number;
  /** Latents and one caption each, drawn by the given generator. */
  rows(
    indices: readonly number[],
    caption: (row: number) => Random,
  ): { readonly latents: Float32Array; readonly ids: BigInt64Array; readonly mask: Float32Array };
  /** Video tokens as float32. */
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
