/** The Oobleck autoencoder against stable-audio-tools; see ../../fixtures/README.md. */
import { type Graph, type GraphValue, memoryParameters, type ParameterSource, type PlainTensor } from "@foley-control/core";
import { testAudioCodec } from "@foley-control/core/testing";
import { countNodes, describe as countsOf, graph, input, parametersOf, valuesOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import {
  differences,
  type FixtureTensor,
  type FormulaEntry,
  formulaTensor,
  formulaTensors,
  readJson,
  readTensors,
} from "../../fixtures/fixture-files.js";
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
import { posteriorDivergence, posteriorOf, samplePosterior } from "./oobleck-bottleneck.js";

type Slice = readonly (readonly [number, number, number])[];
interface Case {
  readonly inputs: Readonly<Record<string, FormulaEntry>>;
  readonly outputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly slice?: Slice }>>;
  readonly weights: Readonly<Record<string, FormulaEntry>>;
  readonly tolerance: { readonly maxAbs: number; readonly relL2: number };
}

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

type Outputs = Readonly<Record<string, PlainTensor<"float32">>>;

async function run(source: Graph, weights: ParameterSource, inputs: Readonly<Record<string, PlainTensor>>): Promise<Outputs> {
  const executable = await runtime.load(source, weights);
  const found = await executable.run(inputs);
  await executable.dispose();
  return found as Outputs;
}

/** The stored part of a tensor [1, rows, columns]. */
function cut({ data, shape }: PlainTensor<"float32">, slice: Slice | undefined): ArrayLike<number> {
  const [, rows, columns] = slice ?? [];
  if (!rows || !columns) return data;
  const found: number[] = [];
  for (let row = rows[0]; row < rows[1]; row += rows[2])
    for (let column = columns[0]; column < columns[1]; column += columns[2])
      found.push(data[row * (shape[2] as number) + column] as number);
  return found;
}

/** Both limits of a case hold for every output named. */
function expectWithin(golden: Case, stored: (key: string) => FixtureTensor, found: Outputs, names: readonly string[]): void {
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const entry = golden.outputs[name];
    const tensor = found[name] as PlainTensor<"float32">;
    expect(tensor.shape, name).toEqual(entry?.shape);
    const { maxAbs, relL2 } = differences(cut(tensor, entry?.slice), stored(`out.${name}`).data);
    expect(maxAbs, `${name}: largest difference`).toBeLessThan(golden.tolerance.maxAbs);
    expect(relL2, `${name}: relative difference`).toBeLessThan(golden.tolerance.relL2);
  }
}

/** What the layers of one half give, by the names that a case has for them. */
function layersOf(output: GraphValue, label: string, name: string): Record<string, GraphValue> {
  const values = valuesOf({ name: "layers", inputs: [], outputs: { output } });
  return Object.fromEntries(
    [...values, output].flatMap((value) =>
      value.name?.startsWith(label) && /^\d+$/.test(value.name.slice(label.length))
        ? [[`${name}${value.name.slice(label.length)}`, value]]
        : [],
    ),
  );
}

const prefix = "pretransform.model.";
const released = { sampleRate: 44100, audioChannels: 2, multiples: [1, 2, 4, 8, 16], strides: [2, 4, 4, 8, 8], prefix };
const real: OobleckConfig = { ...released, latentChannels: 64, encoderChannels: 128, decoderChannels: 128 };
const tiny: OobleckConfig = { ...released, latentChannels: 16, encoderChannels: 8, decoderChannels: 8 };

describe("sao-tiny-vae", () => {
  const golden = readJson<Case>("./sao-tiny-vae.json");
  const stored = readTensors("./sao-tiny-vae.safetensors");
  const table = readJson<Case["weights"]>("./sao-tiny-vae-weights.json");
  const weights = memoryParameters(formulaTensors(table));
  const codec = oobleckCodec(tiny, weights);
  const made = (name: string) => formulaTensor(`input:${name}`, golden.inputs[name] as FormulaEntry);
  const names = (part: string) => Object.keys(golden.outputs).filter((name) => name.startsWith(part));

  test("the graphs read exactly the parameters of the release", () => {
    const read = [codec.encodeGraph({ frames: 1 }), codec.decodeGraph({ frames: 1 })].flatMap((source) =>
      [...parametersOf(source)].map(([key, { shape }]) => `${key} ${shape}`),
    );
    // The scales of the posterior are computed by the last layer of the encoder together with the means.
    expect(read.sort()).toEqual(
      Object.entries(table)
        .map(([key, { shape }]) => `${key} ${shape}`)
        .sort(),
    );
  });

  test("encode: every layer, the posterior, its sample and its divergence", async () => {
    const [audio, eps] = [input("audio", [1, 2, 14336]), input("eps", [1, 16, 7])];
    const pre = oobleckEncoder(audio, tiny);
    const posterior = posteriorOf(pre);
    const source = graph("encode", [audio, eps], {
      "encode.pre": pre,
      "encode.mean": posterior.mean,
      "encode.scale": posterior.scale,
      "encode.std": posterior.std,
      "encode.sample": samplePosterior(posterior, eps),
      "encode.kl": posteriorDivergence(posterior),
      ...layersOf(pre, `${prefix}encoder.layers.`, "mid.encoder."),
    });
    const inputs = { audio: stored("in.audio"), eps: stored("in.eps") };
    const found = await run(source, weights, inputs);
    const kl = found["encode.kl"] as PlainTensor<"float32">;
    const outputs = [...names("encode."), ...names("mid.encoder.")];
    expect(outputs).toHaveLength(14);
    expectWithin(golden, stored, { ...found, "encode.kl": { ...kl, shape: [1] } }, outputs);

    const { latents: mean } = await run(codec.encodeGraph({ frames: 7 }), weights, { audio: inputs.audio });
    const drawing = oobleckEncodeGraph(tiny, { frames: 7, noise: true });
    const { latents: sample } = await run(drawing, weights, { audio: inputs.audio, noise: inputs.eps });
    expect(mean?.data).toEqual(found["encode.mean"]?.data);
    expect(sample?.data).toEqual(found["encode.sample"]?.data);
    const both = await run(codec.posteriorGraph?.({ frames: 7 }) as Graph, weights, { audio: inputs.audio });
    expect(both["latents"]?.data).toEqual(found["encode.mean"]?.data);
    expect(both["std"]?.data).toEqual(found["encode.std"]?.data);
  });

  test("encode: a short mono clip, made stereo and filled up with zeros", async () => {
    const clip = stored("in.audio_mono_short").data;
    const frames = Math.ceil(clip.length / codec.hop);
    const data = new Float32Array(2 * frames * codec.hop);
    data.set(clip);
    data.set(clip, frames * codec.hop);
    const audio = input("audio", [1, 2, frames * codec.hop]);
    const source = graph("encode", [audio], { "encode_short.pre": oobleckEncoder(audio, tiny) });
    const found = await run(source, weights, { audio: { dtype: "float32", shape: audio.shape, data } });
    expectWithin(golden, stored, found, names("encode_short."));
  });

  test("encode: a long clip as a whole", async () => {
    const { latents } = await run(codec.encodeGraph({ frames: 72 }), weights, { audio: made("audio_long") });
    expectWithin(golden, stored, { "encode_long.mean": latents as PlainTensor<"float32"> }, names("encode_long."));
  });

  test("decode: every layer", async () => {
    const latents = input("latents", [1, 16, 7]);
    const decode = oobleckDecoder(latents, tiny);
    const layers = layersOf(decode, `${prefix}decoder.layers.`, "mid.decoder.");
    const found = await run(graph("decode", [latents], { decode, ...layers }), weights, { latents: stored("in.z") });
    expect(names("mid.decoder.")).toHaveLength(8);
    expectWithin(golden, stored, found, ["decode", ...names("mid.decoder.")]);
  });

  test("decode in pieces is decode as a whole", async () => {
    const latents = made("z_long");
    const { audio: whole } = await run(codec.decodeGraph({ frames: 72 }), weights, { latents });
    const samples = 72 * codec.hop;
    const seam = [48128, 50176] as const;
    const part = Float32Array.from(
      [0, 1].flatMap((c) => [...(whole?.data.subarray(c * samples + seam[0], c * samples + seam[1]) ?? [])]),
    );
    expectWithin(
      golden,
      stored,
      { "decode_long.seam": { dtype: "float32", shape: [1, 2, 2048], data: part } },
      names("decode_long."),
    );

    const chunk = 40;
    const decoder = await runtime.load(codec.decodeGraph({ frames: chunk }), weights);
    const joined = await decodeInPieces({ ...codec, decodeChunk: chunk }, latents, async (piece) => {
      expect(piece.shape).toEqual([1, 16, chunk]);
      return ((await decoder.run({ latents: piece })) as Outputs).audio as PlainTensor<"float32">;
    });
    expect(joined.shape).toEqual(whole?.shape);
    await decoder.dispose();
    const { maxAbs, relL2 } = differences(joined.data, whole?.data as Float32Array);
    expect(maxAbs).toBeLessThan(golden.tolerance.maxAbs);
    expect(relL2).toBeLessThan(golden.tolerance.relL2);
  });

  test("a latent is heard as far as the context says, and no further", async () => {
    const context = oobleckDecodeContext(tiny);
    expect(context).toBe(10);
    const [frames, hop] = [2 * context + 3, codec.hop];
    const decoder = await runtime.load(codec.decodeGraph({ frames }), weights);
    const decode = async (changed: number) => {
      const data = formulaTensor("input:z", { shape: [1, 16, frames], amp: 1, offset: 0 }).data;
      for (let channel = 0; channel < 16; channel++) if (changed >= 0) data[channel * frames + changed] = 1000;
      return ((await decoder.run({ latents: { dtype: "float32", shape: [1, 16, frames], data } })) as Outputs).audio?.data;
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

describe.each([["oobleck-real-decoder", "z", "decoder", 8] as const, ["oobleck-real-encoder", "audio", "encoder", 7] as const])(
  "%s: the released widths",
  (name, given, half, layers) => {
    const golden = readJson<Case>(`./${name}.json`);
    const stored = readTensors(`./${name}.safetensors`);
    const x = input(given, golden.inputs[given]?.shape ?? []);
    const y = half === "decoder" ? oobleckDecoder(x, real) : oobleckEncoder(x, real);
    const source = graph(name, [x], { y, ...layersOf(y, `${prefix}${half}.layers.`, "mid.") });

    test("every layer", async () => {
      const found = await run(source, memoryParameters(formulaTensors(golden.weights)), { [given]: stored(`in.${given}`) });
      const mids = Object.keys(golden.outputs).filter((key) => key.startsWith("mid."));
      expect(mids).toHaveLength(layers);
      expectWithin(golden, stored, found, ["y", ...mids]);
    }, 240_000);

    test("the graph reads exactly the parameters of the release", () => {
      const read = [...parametersOf(source)].map(([key, { shape }]) => `${key} ${shape}`);
      expect(read.sort()).toEqual(
        Object.entries(golden.weights)
          .map(([key, { shape }]) => `${key} ${shape}`)
          .sort(),
      );
    });
  },
);

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
