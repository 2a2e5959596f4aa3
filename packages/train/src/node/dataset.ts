/**
 * The prepared dataset: every scene's latents, pooled video tokens and captions, computed once and kept as float16 shards
 * of safetensors. A shard that exists is finished, so an interrupted preparation goes on where it stopped.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createRandom, float16ToFloat32, float32ToFloat16, FoleyError, type Graph, memoryParameters, mergeParameters, type ParameterSource, type PlainTensor, type Random, type Runtime, type VideoEncoder } from "@foley-control/core";
import { type SmallCodecConfig, smallCodecEncodeGraph } from "@foley-control/audio-backbone";
import { renderAudio, renderScene, SOLID_MATERIALS } from "@foley-control/scenes";
import { openSafetensors, writeSafetensorsFile } from "@foley-control/weights/node";
import { HELD_OUT_SEED } from "../scene-batches.js";

/** What {@link prepareDataset} needs. */
export interface PrepareOptions {
  readonly directory: string;
  readonly seed: number;
  readonly scenes: number;
  /** Scenes per file. */
  readonly shard: number;
  readonly encodeGraph: (batch: number) => Graph;
  readonly codec: ParameterSource;
  readonly encoder: VideoEncoder;
  readonly sampleRate: number;
  readonly seconds: number;
  /** Samples per clip that are encoded; the clip is padded with silence. */
  readonly samples: number;
  readonly tokenise: (text: string) => { readonly ids: BigInt64Array; readonly mask: Float32Array };
  readonly signal?: AbortSignal | undefined;
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

/** Renders, encodes and writes all shards that are missing. Returns whether all are there. */
export async function prepareDataset(runtime: Runtime, options: PrepareOptions): Promise<boolean> {
  await mkdir(options.directory, { recursive: true });
  const codec = await runtime.load(options.encodeGraph(BATCH), options.codec);
  const encoder = await runtime.load(options.encoder.graph({ frames: options.seconds * options.encoder.frameRate, batch: BATCH }), options.encoder.weights);
  const shards = Math.ceil(options.scenes / options.shard);
  try {
    for (let shard = 0; shard < shards; shard++) {
      const path = join(options.directory, shardName(shard));
      if (existsSync(path)) continue;
      const tensors = await makeShard(codec.run.bind(codec), encoder.run.bind(encoder), shard, options);
      if (!tensors) return false;
      await writeSafetensorsFile(path, tensors, { seed: String(options.seed), firstScene: String(shard * options.shard) });
    }
    return true;
  } finally {
    await codec.dispose();
    await encoder.dispose();
  }
}

const shardName = (shard: number) => `shard-${String(shard).padStart(4, "0")}.safetensors`;
type Run = (inputs: Readonly<Record<string, PlainTensor>>) => Promise<Record<string, PlainTensor>>;

async function makeShard(encode: Run, look: Run, shard: number, options: PrepareOptions): Promise<Record<string, PlainTensor> | undefined> {
  const count = Math.min(options.shard, options.scenes - shard * options.shard);
  const latents: Uint16Array[] = [];
  const video: Uint16Array[] = [];
  const length = options.tokenise("").ids.length;
  const ids = new BigInt64Array(count * CAPTIONS * length);
  const mask = new Float32Array(count * CAPTIONS * length);
  let latentShape: readonly number[] = [];
  let videoShape: readonly number[] = [];
  for (let first = 0; first < count; first += BATCH) {
    if (options.signal?.aborted) return undefined;
    const audio = new Float32Array(BATCH * options.samples);
    const { frameRate, imageSize } = options.encoder;
    const pixelCount = options.seconds * frameRate * 3 * imageSize[0] * imageSize[1];
    const pixels = new Float32Array(BATCH * pixelCount);
    for (let row = 0; row < BATCH; row++) {
      const index = Math.min(first + row, count - 1);
      const scene = datasetScene(options, shard * options.shard + index);
      audio.set(scene.audio.subarray(0, options.samples), row * options.samples);
      normalisedPixels(scene.frames, imageSize, options.encoder.normalisation, pixels.subarray(row * pixelCount, (row + 1) * pixelCount));
      if (first + row >= count) continue;
      for (let caption = 0; caption < CAPTIONS; caption++) {
        const text = options.tokenise(scene.captions[caption % scene.captions.length] as string);
        ids.set(text.ids, (index * CAPTIONS + caption) * length);
        mask.set(text.mask, (index * CAPTIONS + caption) * length);
      }
    }
    const kept = Math.min(BATCH, count - first);
    const encoded = (await encode({ audio: { dtype: "float32", shape: [BATCH, 1, options.samples], data: audio } })).latents as PlainTensor<"float32">;
    const tokens = (await look({ pixels: { dtype: "float32", shape: [BATCH, options.seconds * frameRate, 3, ...imageSize], data: pixels } })).tokens as PlainTensor<"float32">;
    latentShape = encoded.shape.slice(1);
    videoShape = tokens.shape.slice(1);
    latents.push(float32ToFloat16(encoded.data.subarray(0, (encoded.data.length / BATCH) * kept)));
    video.push(float32ToFloat16(tokens.data.subarray(0, (tokens.data.length / BATCH) * kept)));
    options.onProgress?.(shard * options.shard + first + kept, options.scenes);
  }
  return {
    latents: { dtype: "float16", shape: [count, ...latentShape], data: joined(latents) },
    video: { dtype: "float16", shape: [count, ...videoShape], data: joined(video) },
    ids: { dtype: "int64", shape: [count, CAPTIONS, length], data: ids },
    mask: { dtype: "float32", shape: [count, CAPTIONS, length], data: mask },
  };
}

function joined(parts: readonly Uint16Array[]): Uint16Array {
  const whole = new Uint16Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Scene `index` of the dataset: picture, sound (possibly another material's) and the captions that name what sounds. */
export function datasetScene(options: { readonly seed: number; readonly seconds: number; readonly sampleRate: number }, index: number): { readonly audio: Float32Array; readonly frames: Uint8Array; readonly captions: readonly string[] } {
  const random = createRandom(options.seed, "dataset", index);
  const sceneSeed = random.integer(0, HELD_OUT_SEED);
  const seen = renderScene(sceneSeed, { seconds: options.seconds, sampleRate: options.sampleRate });
  const revoiced = seen.contradiction !== null && random.chance(REVOICED_SHARE);
  const heard = revoiced ? renderAudio(sceneSeed, { seconds: options.seconds, sampleRate: options.sampleRate, material: random.pick(SOLID_MATERIALS) }) : seen;
  return { audio: heard.audio, frames: seen.frames, captions: [heard.caption, ...heard.paraphrases] };
}

/** RGB bytes [time, height, width, 3] → normalised planes [time, 3, height, width]. */
export function normalisedPixels(frames: Uint8Array, size: readonly [number, number], normalisation: VideoEncoder["normalisation"], into: Float32Array): void {
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
  readonly count: number;
  /** Video tokens per clip. */
  readonly videoTokens: number;
  /** Latents and one caption each, drawn by the given generator. */
  rows(indices: readonly number[], caption: (row: number) => Random): { readonly latents: Float32Array; readonly ids: BigInt64Array; readonly mask: Float32Array };
  /** Video tokens as float32. */
  video(indices: readonly number[]): Float32Array;
}

/** Opens all shards of a folder. */
export async function openDataset(directory: string): Promise<SceneDataset> {
  const names = existsSync(directory) ? (await readdir(directory)).filter((name) => /^shard-\d+\.safetensors$/.test(name)).sort() : [];
  if (names.length === 0) throw new FoleyError("invalid-argument", `There is no dataset in ${directory}.`, { hint: "Run the stage first: foley train dataset." });
  const shards = await Promise.all(
    names.map(async (name) => {
      const file = await openSafetensors(join(directory, name));
      const [latents, video, ids, mask] = await Promise.all(["latents", "video", "ids", "mask"].map((tensor) => file.read(tensor)));
      return { latents: latents as PlainTensor<"float16">, video: video as PlainTensor<"float16">, ids: ids as PlainTensor<"int64">, mask: mask as PlainTensor<"float32"> };
    }),
  );
  const places = shards.flatMap((shard) => Array.from({ length: shard.latents.shape[0] as number }, (_, row) => ({ shard, row })));
  const at = (index: number) => places[index] as (typeof places)[number];
  const row = <T extends { subarray(from: number, to: number): T; readonly length: number }>(tensor: { readonly shape: readonly number[]; readonly data: T }, index: number): T => {
    const size = tensor.data.length / (tensor.shape[0] as number);
    return tensor.data.subarray(index * size, (index + 1) * size);
  };
  const first = at(0).shard;
  const length = first.ids.shape[2] as number;
  return {
    count: places.length,
    videoTokens: first.video.shape[1] as number,
    rows(indices, caption) {
      const size = row(first.latents, 0).length;
      const latents = new Float32Array(indices.length * size);
      const ids = new BigInt64Array(indices.length * length);
      const mask = new Float32Array(indices.length * length);
      indices.forEach((index, i) => {
        const { shard, row: inShard } = at(index);
        latents.set(float16ToFloat32(row(shard.latents, inShard)), i * size);
        const chosen = caption(i).integer(0, CAPTIONS) * length;
        ids.set(row(shard.ids, inShard).subarray(chosen, chosen + length), i * length);
        mask.set(row(shard.mask, inShard).subarray(chosen, chosen + length), i * length);
      });
      return { latents, ids, mask };
    },
    video(indices) {
      const size = row(first.video, 0).length;
      const all = new Float32Array(indices.length * size);
      indices.forEach((index, i) => {
        const { shard, row: inShard } = at(index);
        all.set(float16ToFloat32(row(shard.video, inShard)), i * size);
      });
      return all;
    },
  };
}

/** Clips over which the statistics of the latents are taken. */
const STATISTICS_CLIPS = 256;

/** Mean and deviation of every raw latent channel over scenes, so that the diffusion sees unit latents. */
export async function latentStatistics(runtime: Runtime, config: SmallCodecConfig, trained: ParameterSource, seed: number): Promise<Record<string, PlainTensor<"float32">>> {
  const channels = config.latentChannels;
  const plain = (value: number): PlainTensor<"float32"> => ({ dtype: "float32", shape: [channels], data: new Float32Array(channels).fill(value) });
  const seconds = 4;
  const frames = Math.ceil((seconds * config.sampleRate) / (config.frameHop * config.framesPerLatent));
  const samples = frames * config.frameHop * config.framesPerLatent;
  const codec = await runtime.load(smallCodecEncodeGraph(config, frames, BATCH), mergeParameters(trained, memoryParameters({ "codec.latents.mean": plain(0), "codec.latents.deviation": plain(1) })));
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  const random = createRandom(seed, "latentStatistics");
  for (let first = 0; first < STATISTICS_CLIPS; first += BATCH) {
    const audio = new Float32Array(BATCH * samples);
    for (let row = 0; row < BATCH; row++) audio.set(renderAudio(random.integer(0, HELD_OUT_SEED), { seconds, sampleRate: config.sampleRate }).audio.subarray(0, samples), row * samples);
    const { latents } = await codec.run({ audio: { dtype: "float32", shape: [BATCH, 1, samples], data: audio } });
    const data = (latents as PlainTensor<"float32">).data;
    for (let i = 0; i < data.length; i++) {
      const channel = Math.floor(i / frames) % channels;
      sum[channel] = (sum[channel] as number) + (data[i] as number);
      squares[channel] = (squares[channel] as number) + (data[i] as number) ** 2;
    }
  }
  await codec.dispose();
  const n = STATISTICS_CLIPS * frames;
  const mean = Float32Array.from(sum, (total) => total / n);
  const deviation = Float32Array.from(squares, (total, i) => Math.sqrt(Math.max(1e-8, total / n - (mean[i] as number) ** 2)));
  return { "codec.latents.mean": { dtype: "float32", shape: [channels], data: mean }, "codec.latents.deviation": { dtype: "float32", shape: [channels], data: deviation } };
}
