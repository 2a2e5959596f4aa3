/** The Oobleck autoencoder: a half at real size by formula, or both halves of a model's folder with the bottleneck between. */

import {
  decodeInPieces,
  type OobleckConfig,
  oobleckCodec,
  oobleckDecoder,
  oobleckEncoder,
  planDecode,
  posteriorDivergence,
  posteriorOf,
  samplePosterior,
} from "@foley-control/audio-backbone";
import { type GraphValue, memoryParameters, type ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, cut, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, valuesOf } from "@foley-control/graph";
import { openSafetensors } from "@foley-control/weights/node";
import { oobleckHalfOf, readModelConfig } from "../networks-of-cases.js";
import { withGraph } from "../runtime.js";

/** Whether a case is one half with weights by formula. */
export const isOobleckHalf = ({ file }: GoldenCase): boolean => file.config?.c_mults !== undefined && "y" in file.outputs;

/** Whether a case is a whole autoencoder in a folder. */
export const isAutoencoder = ({ file }: GoldenCase): boolean =>
  file.config?.folder !== undefined && ("encode.pre" in (file.outputs ?? {}) || "decode" in (file.outputs ?? {}));

/** The half's output and what every layer gives. */
export async function checkOobleckHalf(golden: GoldenCase): Promise<readonly Comparison[]> {
  const encodes = golden.file.config.in_channels !== undefined;
  const half = oobleckHalfOf(golden);
  const fed = golden.input(encodes ? "audio" : "z");
  const x = input("x", fed.shape);
  const y = encodes ? oobleckEncoder(x, half) : oobleckDecoder(x, half);
  const source = graph("half", [x], { y, ...layersOf(y, encodes ? "encoder" : "decoder", "mid.") });
  return withGraph(source, memoryParameters(formulaWeights(golden.file)), async (run) =>
    compareAll(golden, await run({ x: fed })),
  );
}

/** Encoding with the posterior, decoding whole and in pieces, and what every layer gives. */
export async function checkAutoencoder(golden: GoldenCase): Promise<readonly Comparison[]> {
  const folder = besideCase(golden, golden.file.config.folder);
  const weights = await openSafetensors(`${folder}/model.safetensors`);
  const config = readModelConfig(folder).autoencoder;
  const codec = oobleckCodec(config, weights);
  const { inputs, outputs } = golden.file;
  const computed: Record<string, Numbers> = {};
  if (inputs["audio"]) Object.assign(computed, await encoded(golden, config, weights));
  if (inputs["audio_mono_short"]) {
    const clip = golden.input("audio_mono_short");
    const length = Math.ceil(clip.data.length / codec.hop) * codec.hop;
    const data = new Float32Array(config.audioChannels * length);
    for (let channel = 0; channel < config.audioChannels; channel++) data.set(clip.data, channel * length);
    const audio = input("audio", [1, config.audioChannels, length]);
    const source = graph("encode", [audio], { "encode_short.pre": oobleckEncoder(audio, config) });
    Object.assign(computed, await withGraph(source, weights, (run) => run({ audio: { shape: audio.shape, data } })));
  }
  if (inputs["audio_long"]) {
    const audio = golden.input("audio_long");
    const frames = (audio.shape[2] as number) / codec.hop;
    const found = await withGraph(codec.encodeGraph({ frames }), weights, (run) => run({ audio }));
    computed["encode_long.mean"] = found["latents"] as Numbers;
  }
  if (inputs["z"]) {
    const z = golden.input("z");
    const latents = input("latents", z.shape);
    const decode = oobleckDecoder(latents, config);
    const source = graph("decode", [latents], { decode, ...layersOf(decode, "decoder", "mid.decoder.") });
    Object.assign(computed, await withGraph(source, weights, (run) => run({ latents: z })));
  }
  if (inputs["z_long"] && outputs["decode_long.seam"]) {
    // In pieces, as a clip is decoded: the seam must not be heard.
    const chunk = golden.file["chunkedDecode"]?.chunkSize ?? codec.decodeChunk;
    const whole = await decodedInPieces(golden.input("z_long"), { ...codec, decodeChunk: chunk });
    const width = outputs["decode_long.seam"].shape[2] as number;
    const middle = golden.file["chunkedDecode"].seamSample as number;
    computed["decode_long.seam"] = cut(whole, [
      [0, whole.shape[0] as number, 1],
      [0, whole.shape[1] as number, 1],
      [middle - width / 2, middle + width / 2, 1],
    ]);
  }
  return compareAll(golden, computed);
}

async function encoded(golden: GoldenCase, config: OobleckConfig, weights: ParameterSource): Promise<Record<string, Numbers>> {
  const [sound, noise] = [golden.input("audio"), golden.input("eps")];
  const [audio, eps] = [input("audio", sound.shape), input("eps", noise.shape)];
  const pre = oobleckEncoder(audio, config);
  const posterior = posteriorOf(pre);
  const source = graph("encode", [audio, eps], {
    "encode.pre": pre,
    "encode.mean": posterior.mean,
    "encode.scale": posterior.scale,
    "encode.std": posterior.std,
    "encode.sample": samplePosterior(posterior, eps),
    "encode.kl": posteriorDivergence(posterior),
    ...layersOf(pre, "encoder", "mid.encoder."),
  });
  return withGraph(source, weights, (run) => run({ audio: sound, eps: noise }));
}

/** What each layer gives, by the number in its label. */
function layersOf(output: GraphValue, half: "encoder" | "decoder", name: string): Record<string, GraphValue> {
  const label = new RegExp(`(?:^|\\.)${half}\\.layers\\.(\\d+)$`);
  const values = [...valuesOf({ name: "layers", inputs: [], outputs: { output } }), output];
  return Object.fromEntries(
    values.flatMap((value) => {
      const layer = label.exec(value.name ?? "")?.[1];
      return layer === undefined ? [] : [[`${name}${layer}`, value] as const];
    }),
  );
}

/** Decodes long latents piece by piece, as the pipeline does. */
export async function decodedInPieces(latents: Numbers, codec: ReturnType<typeof oobleckCodec>): Promise<Numbers> {
  const frames = planDecode(codec, latents.shape[2] as number)[0]?.to as number;
  const whole = { dtype: "float32", shape: latents.shape, data: Float32Array.from(latents.data) } as const;
  return withGraph(codec.decodeGraph({ frames }), codec.weights, (run) =>
    decodeInPieces(codec, whole, async (piece) => {
      const { shape, data } = (await run({ latents: piece }))["audio"] as Numbers;
      return { dtype: "float32", shape, data: data as Float32Array<ArrayBuffer> };
    }),
  ) as Promise<Numbers>;
}
