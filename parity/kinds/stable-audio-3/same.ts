/** SAME: both halves of a release with the bottleneck between, whole and as the reference does it in chunks; a half at real size by formula. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type SameConfig,
  sameAudio,
  sameDecoder,
  sameDeviation,
  sameEncoder,
  sameNormalised,
  samePatches,
} from "@foley-control/audio-backbone";
import { type Graph, type GraphValue, memoryParameters, type ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, cut, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { graph, input, ops } from "@foley-control/graph";
import { finder } from "../../find.js";
import { withGraph } from "../../runtime.js";
import { labelled, releaseOf, sameHalfOf } from "./networks.js";

/** Whether a case is one half with weights by formula. */
export const isSameHalf = ({ file }: GoldenCase): boolean => file.config?.chunk_size !== undefined && "y" in file.outputs;

/** The half's output and what its blocks give. */
export async function checkSameHalf(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { encodes, config } = sameHalfOf(golden);
  const fed = golden.input(encodes ? "patches" : "z");
  const x = input("x", fed.shape);
  const y = encodes ? sameEncoder(x, config) : sameDecoder(x, config);
  const layer = `${config.prefix}${encodes ? "encoder.layers.0" : "decoder.layers.3"}`;
  const source = graph("half", [x], { y, ...blocks(graph("half", [x], { y }), layer, config.encoder.depth, "mid.") });
  return withGraph(source, memoryParameters(formulaWeights(golden.file)), async (run) =>
    compareAll(golden, await run({ x: fed })),
  );
}

/** What each block gives, as cases call it. */
function blocks(source: Graph, layer: string, depth: number, name: string): Record<string, GraphValue> {
  const label = labelled(source);
  return Object.fromEntries(
    Array.from({ length: depth }, (_, index) => [`${name}block${index}`, label(`${layer}.transformers.${index}`)]),
  );
}

/** Whether a case is a whole autoencoder in a folder. */
export const isSame = ({ file }: GoldenCase): boolean => file.config?.chunk?.overlap !== undefined;

/** What the reference multiplies the noise on latents with that its decoder draws. */
const LATENT_NOISE = 1e-3;

/** Encoding, decoding with noise and without, and both in the reference's chunks. */
export async function checkSame(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { config: release, weights, folder } = await releaseOf(golden);
  const config = release.autoencoder;
  const { latents, chunk } = golden.file.config;
  const computed: Record<string, Numbers> = {};
  for (const name of Object.keys(golden.file.inputs)) {
    const index = /^audio\.(\d+)$/.exec(name)?.[1];
    if (index !== undefined) computed[`encode.${index}`] = await encoded(golden.input(name), config, weights);
  }
  const inner = await takenApart(golden, config, weights);
  const z = golden.input("z");
  const odd = cut(z, [
    [0, 1, 1],
    [0, z.shape[1] as number, 1],
    [0, latents - 1, 1],
  ]);
  const noise = { latents: golden.input("latent_noise"), tokens: golden.input("token_noise") };
  const chunked = {
    decode: await inChunks(golden.input("z_chunked"), chunk, [1, hopOf(config)], (part) => decoded(part, config, weights)),
    encode: await inChunks(golden.input("audio_chunked"), chunk, [hopOf(config), 1], (part) => encoded(part, config, weights)),
  };
  const sounds: Readonly<Record<string, Numbers>> = {
    decode: await decoded(z, config, weights),
    decode_noisy: await decoded(z, config, weights, { ...noise, folder }),
    decode_odd: await decoded(odd, config, weights),
    decode_chunked: chunked.decode,
    encode_chunked: chunked.encode,
  };
  for (const output of Object.keys(golden.file.outputs)) {
    const whole = sounds[output.split(".")[0] as string];
    if (whole) computed[output] ??= whole;
  }
  return compareAll(golden, { ...computed, ...inner });
}

const hopOf = ({ patch, encoder }: SameConfig): number => patch * encoder.stride;

/** Latents of a sound of any length, as many as fill chunks. */
export async function encoded(sound: Numbers, config: SameConfig, weights: ParameterSource): Promise<Numbers> {
  const audio = input("audio", sound.shape);
  const latents = sameNormalised(sameEncoder(samePatches(audio, config.patch), config), config);
  return withGraph(
    graph("encode", [audio], { latents }),
    weights,
    async (run) => (await run({ audio: sound }))["latents"] as Numbers,
  );
}

/** What the decoder draws, and the folder that says how much of it is added to its learned rows. */
interface DecoderNoise {
  readonly latents: Numbers;
  readonly tokens: Numbers;
  readonly folder: string;
}

/** The sound of latents, with the noise that the reference's decoder draws or without. */
export async function decoded(z: Numbers, config: SameConfig, weights: ParameterSource, noise?: DecoderNoise): Promise<Numbers> {
  const latents = input("latents", z.shape);
  const spread = ops.multiply(latents, sameDeviation(config));
  if (!noise) {
    const audio = sameAudio(sameDecoder(spread, config), config);
    return withGraph(
      graph("decode", [latents], { audio }),
      weights,
      async (run) => (await run({ latents: z }))["audio"] as Numbers,
    );
  }
  const json = JSON.parse(readFileSync(join(noise.folder, "model_config.json"), "utf8"));
  const share = json.model.pretransform.config.decoder.config.mask_noise as number;
  const { stride, width } = config.decoder;
  const shape = [1, z.shape[2] as number, stride, width];
  const [drawn, rows] = [input("drawn", z.shape), input("rows", shape)];
  const shaken = ops.add(spread, ops.multiply(ops.multiply(drawn, sameDeviation(config)), LATENT_NOISE));
  const audio = sameAudio(sameDecoder(shaken, config, ops.multiply(rows, share)), config);
  const feeds = { latents: z, drawn: noise.latents, rows: { shape, data: noise.tokens.data } };
  return withGraph(
    graph("decode", [latents, drawn, rows], { audio }),
    weights,
    async (run) => (await run(feeds))["audio"] as Numbers,
  );
}

/** What lies between, of one sound and of one set of latents. */
async function takenApart(golden: GoldenCase, config: SameConfig, weights: ParameterSource): Promise<Record<string, Numbers>> {
  const sound = golden.input("audio.mid");
  const audio = input("audio", sound.shape);
  const raw = sameEncoder(samePatches(audio, config.patch), config);
  const encoder = graph("encode", [audio], { raw });
  const layer = (half: string, index: number) => `${config.prefix}${half}.layers.${index}`;
  const turned = (value: GraphValue) => ops.transpose(value, [0, 2, 1]);
  const outputs = {
    "mid.encode.mapping": labelled(encoder)(layer("encoder", 0)),
    "mid.encode.selected": turned(finder(encoder).inputOf(`${layer("encoder", 2)}.weight`)),
    "mid.encode.raw": raw,
    ...blocks(encoder, layer("encoder", 0), config.encoder.depth, "mid.encode."),
  };
  const found = await withGraph(graph("encode", [audio], outputs), weights, (run) => run({ audio: sound }));
  const z = golden.input("z");
  const latents = input("latents", z.shape);
  const patches = sameDecoder(ops.multiply(latents, sameDeviation(config)), config);
  const decoder = graph("decode", [latents], { patches });
  const projected = labelled(decoder)(layer("decoder", 1));
  const others = {
    "mid.decode.patches": patches,
    "mid.decode.project_in": projected,
    "mid.decode.resample_in": turned(projected),
    ...blocks(decoder, layer("decoder", 3), config.decoder.depth, "mid.decode."),
  };
  const more = await withGraph(graph("decode", [latents], others), weights, (run) => run({ latents: z }));
  return { ...found, ...more };
}

/**
 * As the reference does it: chunks of some latents that overlap, the last one ends with the whole, and at inner edges half of what overlaps is
 * left to the neighbour.
 *
 * @param scales - columns that a latent is of what goes in and of what comes out
 */
async function inChunks(
  whole: Numbers,
  { size, overlap }: { readonly size: number; readonly overlap: number },
  [from, to]: readonly [number, number],
  run: (part: Numbers) => Promise<Numbers>,
): Promise<Numbers> {
  const count = (whole.shape[2] as number) / from;
  const starts = Array.from({ length: Math.floor((count - size) / (size - overlap)) + 1 }, (_, i) => i * (size - overlap));
  if (starts.at(-1) !== count - size) starts.push(count - size);
  let made: { readonly rows: number; readonly data: Float32Array<ArrayBuffer> } | undefined;
  for (const [index, start] of starts.entries()) {
    const part = cut(whole, [
      [0, 1, 1],
      [0, whole.shape[1] as number, 1],
      [start * from, (start + size) * from, 1],
    ]);
    const { shape, data } = await run(part);
    const [rows, width] = [shape[1] as number, shape[2] as number];
    made ??= { rows, data: new Float32Array(rows * count * to) };
    const left = index === 0 ? 0 : (overlap / 2) * to;
    const right = index === starts.length - 1 ? size * to : (size - overlap / 2) * to;
    for (let row = 0; row < rows; row++)
      made.data.set(data.subarray(row * width + left, row * width + right) as Float32Array, row * count * to + start * to + left);
  }
  if (!made) throw new Error("No chunk.");
  return { shape: [1, made.rows, count * to], data: made.data };
}
