/** The Oobleck autoencoder; what it computes is checked by the golden cases. */
import { type Graph, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { testAudioCodec } from "@foley-control/core/testing";
import { compare, formula, formulaWeights, type GoldenTensor, misses, type WeightTable } from "@foley-control/golden";
import { goldenCase, goldenModel } from "@foley-control/golden/node";
import { countNodes, describe as countsOf, graph, input, parametersOf, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { decodeInPieces } from "../codec/decode-plan.js";
import {
  type OobleckConfig,
  oobleckCodec,
  oobleckDecodeBytes,
  oobleckDecodeContext,
  oobleckDecodeGraph,
  oobleckDecoder,
  oobleckEncodeGraph,
  oobleckEncoder,
  oobleckHop,
} from "./oobleck.js";
import { posteriorOf, samplePosterior } from "./oobleck-bottleneck.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

type Outputs = Readonly<Record<string, GoldenTensor>>;

async function run(source: Graph, weights: ParameterSource, inputs: Readonly<Record<string, PlainTensor>>): Promise<Outputs> {
  const executable = await runtime.load(source, weights);
  const found = await executable.run(inputs);
  await executable.dispose();
  return found as Outputs;
}

/** Any numbers of this size. */
const made = (name: string, shape: readonly number[], amp = 1): GoldenTensor => ({
  dtype: "float32",
  shape,
  data: formula(name, { shape, amp, offset: 0 }, 1),
});

/** Names and shapes, in the same order on both sides. */
const listed = (entries: Iterable<readonly [string, { readonly shape: readonly number[] }]>): readonly string[] =>
  [...entries].map(([key, { shape }]) => `${key} ${shape}`).sort();

const prefix = "pretransform.model.";
const released = { sampleRate: 44100, audioChannels: 2, multiples: [1, 2, 4, 8, 16], strides: [2, 4, 4, 8, 8], prefix };
const real: OobleckConfig = { ...released, latentChannels: 64, encoderChannels: 128, decoderChannels: 128 };
const tiny: OobleckConfig = { ...released, latentChannels: 16, encoderChannels: 8, decoderChannels: 8 };

describe("a narrow autoencoder", () => {
  const table = Object.entries(goldenModel("sao/sao-tiny").weights).filter(([name]) => name.startsWith(prefix));
  const weights = memoryParameters(formulaWeights({ caseSeed: 1, weights: Object.fromEntries(table) }));
  const codec = oobleckCodec(tiny, weights);

  test("the graphs read exactly the parameters of the release", () => {
    const sources = [codec.encodeGraph({ frames: 1 }), codec.decodeGraph({ frames: 1 })];
    // The scales of the posterior are computed by the last layer of the encoder together with the means.
    expect(listed(sources.flatMap((source) => [...parametersOf(source)]))).toEqual(listed(table));
  });

  test("means, a sample and the width are those of the posterior", async () => {
    const [sound, noise] = [made("sound", [1, 2, 14336], 0.5), made("noise", [1, 16, 7])];
    const [audio, eps] = [input("audio", sound.shape), input("eps", noise.shape)];
    const posterior = posteriorOf(oobleckEncoder(audio, tiny));
    const source = graph("encode", [audio, eps], { ...posterior, sample: samplePosterior(posterior, eps) });
    const found = await run(source, weights, { audio: sound, eps: noise });
    const { latents: mean } = await run(codec.encodeGraph({ frames: 7 }), weights, { audio: sound });
    const drawing = oobleckEncodeGraph(tiny, { frames: 7, noise: true });
    const { latents: sample } = await run(drawing, weights, { audio: sound, noise });
    expect(mean?.data).toEqual(found["mean"]?.data);
    expect(sample?.data).toEqual(found["sample"]?.data);
    const both = await run(codec.posteriorGraph?.({ frames: 7 }) as Graph, weights, { audio: sound });
    expect(both["latents"]?.data).toEqual(found["mean"]?.data);
    expect(both["std"]?.data).toEqual(found["std"]?.data);
  });

  test("decode in pieces is decode as a whole", async () => {
    const latents = made("latents", [1, 16, 72], Math.sqrt(3));
    const { audio: whole } = await run(codec.decodeGraph({ frames: 72 }), weights, { latents });
    const chunk = 40;
    const decoder = await runtime.load(codec.decodeGraph({ frames: chunk }), weights);
    const joined = await decodeInPieces({ ...codec, decodeChunk: chunk }, latents, async (piece) => {
      expect(piece.shape).toEqual([1, 16, chunk]);
      return ((await decoder.run({ latents: piece })) as Outputs)["audio"] as GoldenTensor;
    });
    await decoder.dispose();
    expect(joined.shape).toEqual(whole?.shape);
    expect(misses([compare("sound", joined as GoldenTensor, whole as GoldenTensor, { maxAbs: 5e-5, relL2: 2e-5 })])).toEqual([]);
  });

  test("a latent is heard as far as the context says, and no further", async () => {
    const context = oobleckDecodeContext(tiny);
    expect(context).toBe(10);
    const [frames, hop] = [2 * context + 3, codec.hop];
    const decoder = await runtime.load(codec.decodeGraph({ frames }), weights);
    const decode = async (changed: number) => {
      const data = made("latents", [1, 16, frames]).data;
      for (let channel = 0; channel < 16; channel++) if (changed >= 0) data[channel * frames + changed] = 1000;
      return ((await decoder.run({ latents: { dtype: "float32", shape: [1, 16, frames], data } })) as Outputs)["audio"]?.data;
    };
    const middle = context + 1;
    const plain = await decode(-1);
    const heard = async (changed: number) => {
      const other = await decode(changed);
      return [0, 1].some((channel) => {
        const start = (channel * frames + middle) * hop;
        return plain?.subarray(start, start + hop).some((value, i) => value !== other?.[start + i]);
      });
    };
    expect(await heard(middle - context - 1)).toBe(false);
    expect(await heard(middle - context)).toBe(true);
    expect(await heard(middle + context)).toBe(true);
    expect(await heard(middle + context + 1)).toBe(false);
    await decoder.dispose();
  });

  describe("conformance", () => {
    for (const check of testAudioCodec(() => codec)) test(check.name, () => check.run(runtime));
  });
});

test.each(["decoder", "encoder"] as const)("the graph of the %s reads exactly the parameters of the release", (half) => {
  const { weights, inputs } = goldenCase(`sao/oobleck-real-${half}`).file;
  const x = input("x", Object.values(inputs)[0]?.shape ?? []);
  const source = graph(half, [x], { y: half === "decoder" ? oobleckDecoder(x, real) : oobleckEncoder(x, real) });
  expect(listed(parametersOf(source))).toEqual(listed(Object.entries(weights as WeightTable)));
});

describe("sizes", () => {
  test("one latent is 1 MiB at the released widths, so that 128 are decoded at once", () => {
    const codec = oobleckCodec(real, memoryParameters({}));
    expect(oobleckDecodeBytes(real)).toBe(2 ** 20);
    expect(codec.decodeChunk).toBe(128);
    const chunk = codec.decodeGraph({ frames: 128 });
    const largest = valuesOf(chunk).reduce((most, { shape }) => Math.max(most, 4 * shape.reduce((a, b) => a * b, 1)), 0);
    expect(largest).toBe(128 * 2 ** 20);
  });

  test("norms of weights and the constants of snakes depend on no input", () => {
    const source = oobleckDecodeGraph(real, { frames: 8 });
    // What is left per run: convolutions, and five operations per snake, one addition per residual unit.
    const convolutions = 1 + 5 * (1 + 3 * 2) + 1;
    const snakes = 5 * (1 + 3 * 2) + 1;
    const { foldedAtLoad } = countsOf(source);
    expect(countNodes(source) - foldedAtLoad).toBe(convolutions + 5 * snakes + 5 * 3);
  });

  test("other strides", () => {
    const config = { ...tiny, strides: [2, 4], multiples: [1, 3] };
    expect(oobleckHop(config)).toBe(8);
    expect(oobleckCodec(config, memoryParameters({})).latentRate).toBe(44100 / 8);
    expect(() => oobleckCodec({ ...tiny, strides: [2, 3, 4, 4, 4] }, memoryParameters({}))).toThrow(
      /strides \[2,3,4,4,4\] must be even/,
    );
    expect(() => oobleckCodec({ ...tiny, strides: [2] }, memoryParameters({}))).toThrow(/as many as its multiples/);
  });
});
