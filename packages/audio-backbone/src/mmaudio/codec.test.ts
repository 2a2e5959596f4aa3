/** MMAudio's codec in pieces; its numbers are golden cases (parity). */
import { type AudioCodec, createRandom, type Graph, memoryParameters, type PlainTensor } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { decodeInPieces, decoderOf, planDecode } from "../codec/decode-plan.js";
import { BIGVGAN_16K, type BigVganConfig, bigVganBytes, bigVganContext } from "./big-vgan.js";
import { mmaudioCodec } from "./codec.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const BIGVGAN_44K: BigVganConfig = {
  ...BIGVGAN_16K,
  num_mels: 128,
  upsample_rates: [8, 4, 2, 2, 2, 2],
  upsample_kernel_sizes: [16, 8, 4, 4, 4, 4],
  use_tanh_at_final: false,
  use_bias_at_final: false,
};

const none = { names: () => [], get: () => undefined };

/** A codec with few stages, so that its graphs are quickly made; its encoder is not asked. */
function codecOf(fields: Partial<BigVganConfig>): AudioCodec {
  const said = { ...BIGVGAN_16K, num_mels: 6, upsample_initial_channel: 16, ...fields };
  const codec = mmaudioCodec({
    sampleRate: 16_000,
    network: none,
    autoencoder: { config: { bands: said.num_mels, latentChannels: 4, width: 8 }, weights: none },
    vocoder: { config: said, weights: none },
  });
  const shapes = [...parametersOf(codec.decodeGraph({ frames: 1 }))].map(([name, { shape }]) => {
    const random = createRandom(1, name);
    const size = shape.reduce((a, b) => a * b, 1);
    const [gain, middle] = /weight_g$|_std$/.test(name) ? [0.1, 1] : [shape.length < 2 ? 0.1 : 0.5, 0];
    const data = Float32Array.from({ length: size }, () => gain * random.normal() + middle);
    return [name, { dtype: "float32" as const, shape, data }] as const;
  });
  return { ...codec, weights: memoryParameters(Object.fromEntries(shapes)) };
}

describe.each([
  [
    "two stages",
    { upsample_rates: [4, 2], upsample_kernel_sizes: [8, 4], resblock_kernel_sizes: [3], resblock_dilation_sizes: [[1, 3]] },
  ],
  [
    "an odd factor, and blocks of other reach",
    {
      upsample_rates: [3],
      upsample_kernel_sizes: [7],
      resblock_kernel_sizes: [3, 5],
      resblock_dilation_sizes: [[1, 2], [7]],
      use_tanh_at_final: false,
      use_bias_at_final: false,
    },
  ],
])("%s", (_, fields) => {
  const codec = codecOf(fields);
  const context = codec.decodeContext as number;
  const frames = 3 * context + 20;
  const latents: PlainTensor<"float32"> = {
    dtype: "float32",
    shape: [1, codec.latentChannels, frames],
    data: Float32Array.from({ length: codec.latentChannels * frames }, (_, i) => Math.sin(i * i)),
  };
  const load = async (source: Graph) => {
    const executable = await runtime.load(source, codec.weights);
    return async (inputs: Record<string, PlainTensor<"float32">>) =>
      Object.values(await executable.run(inputs))[0] as PlainTensor<"float32">;
  };
  const apartAt = async (other: Partial<AudioCodec>): Promise<number> => {
    const short = { ...codec, ...other };
    const decoder = decoderOf(short, frames);
    expect(planDecode(short, frames).length).toBeGreaterThan(2);
    const [whole, first, piece] = await Promise.all([
      load(codec.decodeGraph({ frames })),
      load(decoder.whole as Graph),
      load(decoder.piece),
    ]);
    const [one, seen] = [await whole({ latents }), await first({ latents })];
    const joined = await decodeInPieces(short, seen, (columns) => piece({ [decoder.input]: columns }));
    const loudest = one.data.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    expect(loudest).toBeGreaterThan(0.01);
    return one.data.reduce((top, value, i) => Math.max(top, Math.abs(value - (joined.data[i] as number))), 0) / loudest;
  };

  test("a clip in pieces is the clip as a whole, and would not be with less around the pieces", async () => {
    expect(await apartAt({ decodeChunk: 2 * context + 7 })).toBeLessThan(1e-6);
    expect(await apartAt({ decodeChunk: 9, decodeContext: 1 })).toBeGreaterThan(1e-4);
  });

  test("a clip that fits is decoded by one graph", () => {
    expect(decoderOf(codec, frames)).toMatchObject({ whole: undefined, input: "latents", piece: { name: "decode" } });
  });
});

test("what is heard from how far, and how much memory that takes, follow from the configuration", () => {
  // The reference's sheet measured 31 and 18 frames before float32 loses the rest.
  expect([bigVganContext(BIGVGAN_16K), bigVganContext(BIGVGAN_44K)]).toEqual([41, 23]);
  // Twice 24 channels at 256 samples for each frame; at 44.1 kHz twice as many samples.
  expect([bigVganBytes(BIGVGAN_16K), bigVganBytes(BIGVGAN_44K)]).toEqual([2 * 4 * 6144, 2 * 4 * 12_288]);
});
