/** A network as another project writes it: other names, axes and units, two registers in front, read back from an ONNX file. */
import { FoleyError, type Graph, normalArray } from "@foley-control/core";
import { testDenoiser } from "@foley-control/core/testing";
import {
  attention,
  evaluate,
  float,
  graph,
  graphFromOnnx,
  input,
  linear,
  named,
  ops,
  parameter,
  parametersOf,
  toOnnx,
} from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, it, test } from "vitest";
import { NETWORK_PREFIX, type SplicedDenoiserOptions, splicedDenoiser } from "./spliced-denoiser.js";
import { randomWeights } from "./testing.js";

const [CHANNELS, WIDTH, REGISTERS] = [3, 8, 2];

/** x [batch, frames, channels], t [batch] in 0..1000, words [batch, 4, 5] → velocity [batch, frames, channels]. */
function network({ frames, batch }: { readonly frames: number; readonly batch: number }): Graph {
  const x = input("x", [batch, frames, CHANNELS]);
  const t = input("t", [batch]);
  const words = input("words", [batch, 4, 5]);
  const registers = ops.expand(parameter("registers", [1, REGISTERS, WIDTH]), [batch, REGISTERS, WIDTH]);
  let stream = ops.concat([registers, linear(x, "stem", WIDTH, true)], 1);
  stream = ops.add(stream, ops.reshape(ops.sin(ops.divide(t, 500)), [batch, 1, 1]));
  for (const block of [0, 1]) {
    // The name that a bridge gives to a parameter of its own.
    stream = ops.multiply(stream, parameter(`blocks.${block}.norm.weight`, [WIDTH]));
    const [key, value] = [linear(words, `blocks.${block}.k`, WIDTH), linear(words, `blocks.${block}.v`, WIDTH)];
    stream = named(ops.add(stream, attention(stream, key, value, { heads: 2 })), `/blocks.${block}/Add_1_output_0`);
    stream = ops.add(stream, linear(ops.gelu(stream), `blocks.${block}.ff`, WIDTH));
  }
  const sound = ops.slice(stream, 1, REGISTERS, REGISTERS + frames);
  return graph("theirs", [x, t, words], { velocity: linear(sound, "head", CHANNELS) });
}

const numbers = randomWeights([network({ frames: 4, batch: 1 })]);
/** Their weights in one file, and where each lies in it. */
const places = new Map<string, { readonly location: string; readonly offset: number; readonly length: number }>();
const data = new Uint8Array(2 ** 14);
for (const name of numbers.names()) {
  const { bytes } = numbers.get(name)!;
  if (bytes.kind !== "memory") throw new Error(name);
  const last = [...places.values()].at(-1);
  const offset = last ? last.offset + last.length : 0;
  places.set(name, { location: "theirs.data", offset, length: bytes.bytes.length });
  data.set(bytes.bytes, offset);
}
/** Read from the file that they would send. */
const read = (size: { readonly frames: number; readonly batch: number }) =>
  graphFromOnnx(toOnnx(network(size), { external: (name) => places.get(name)! }), { externalData: () => data });
const options: SplicedDenoiserOptions<"context" | "global"> = {
  id: "theirs@1",
  prediction: "flow",
  latentChannels: CHANNELS,
  latentRate: 20,
  conditions: { context: [4, 5], global: [6] },
  network: (size) => read(size).graph,
  weights: read({ frames: 1, batch: 1 }).weights,
  inputs: ({ latents, time, context }) => ({
    x: ops.transpose(latents, [0, 2, 1]),
    t: ops.multiply(time, 1000),
    words: context,
  }),
  output: ({ velocity }) => ops.transpose(velocity!, [0, 2, 1]),
  sites: [0, 1].map((block) => ({ value: `/blocks.${block}/Add_1_output_0`, width: WIDTH, heads: 2, prefixTokens: REGISTERS })),
};

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

describe("the contract", () => {
  for (const check of testDenoiser(() => splicedDenoiser(options))) test(check.name, () => check.run(runtime));
});

/** Numbers for every input and parameter. */
function feeds(source: Graph): Record<string, Float32Array> {
  const weights = splicedDenoiser(options).weights;
  return Object.fromEntries(
    [...source.inputs, ...parametersOf(source).values()].map(({ name = "", shape }) => {
      const stored = weights.get(name)?.bytes;
      if (stored?.kind === "memory") return [name, new Float32Array(stored.bytes.slice().buffer)];
      return [
        name,
        normalArray(
          1,
          [name],
          shape.reduce((product, size) => product * size, 1),
        ),
      ];
    }),
  );
}

test("computes what the network computes, in the contract's names, axes and units", () => {
  const frames = 5;
  const denoiser = splicedDenoiser(options);
  const ours = denoiser.graph({ frames });
  const given: Record<string, Float32Array> = { ...feeds(ours), time: Float32Array.of(0.25) };
  const found = evaluate(ours, given)["prediction"]!;
  const theirs = network({ frames, batch: 1 });
  const x = Float32Array.from({ length: frames * CHANNELS }, (_, i) => {
    const [frame, channel] = [Math.floor(i / CHANNELS), i % CHANNELS];
    return given["latents"]![channel * frames + frame] as number;
  });
  const bare = Object.fromEntries(
    [...parametersOf(theirs).keys()].map((name) => [name, given[`${NETWORK_PREFIX}${name}`] as Float32Array]),
  );
  const { velocity } = evaluate(theirs, { ...bare, x, t: [250], words: given["context"]! });
  for (let frame = 0; frame < frames; frame++)
    for (let channel = 0; channel < CHANNELS; channel++)
      expect(found.data[channel * frames + frame]).toBeCloseTo(velocity!.data[frame * CHANNELS + channel] as number, 5);
});

test("its parameters never meet those of a bridge", () => {
  const own = parameter("blocks.0.norm.weight", [WIDTH + 1]);
  const hook = (x: Parameters<typeof ops.add>[0]) => ops.add(x, ops.sum(own, [0]));
  const denoiser = splicedDenoiser(options);
  const names = [...parametersOf(denoiser.graph({ frames: 3, hook })).keys()];
  expect(names).toContain("blocks.0.norm.weight");
  expect(names).toContain(`${NETWORK_PREFIX}blocks.0.norm.weight`);
  expect(denoiser.weights.names()).toEqual(numbers.names().map((name) => `${NETWORK_PREFIX}${name}`));
  expect(denoiser.weights.get("blocks.0.norm.weight")).toBeUndefined();
});

test("sites say seconds of every row after the prefix", () => {
  const [site] = splicedDenoiser(options).sites(3);
  expect(site).toEqual({ block: 0, width: 8, heads: 2, headWidth: 4, prefixTokens: 2, seconds: [0.025, 0.075, 0.125] });
});

describe("says what is wrong", () => {
  const [first] = options.sites;
  const build = (changed: Partial<SplicedDenoiserOptions<"context" | "global">>) =>
    splicedDenoiser({ ...options, ...changed }).graph({ frames: 4, hook: (x) => x });
  it.each<[string, Partial<SplicedDenoiserOptions<"context" | "global">>, RegExp]>([
    ["no sites", { sites: [] }, /has no sites/],
    ["heads that do not divide", { sites: [{ ...first!, heads: 3 }] }, /width 8, 3 heads/],
    ["heads of odd width", { sites: [{ ...first!, heads: 8 }] }, /even width/],
    ["sites that differ", { sites: [first!, { value: "other", width: 16, heads: 2 }] }, /differ.*"other" 16 and 2/],
    ["a site named twice", { sites: [first!, first!] }, /for two sites/],
    [
      "a value that is not there",
      { sites: [{ ...first!, value: "add_7" }] },
      /no value named "add_7".*Sums of that shape, in order: .*\/blocks\.0\/Add_1_output_0/,
    ],
    [
      "a prefix that is not there",
      { sites: [{ ...first!, prefixTokens: 0 }] },
      /float32 \[1,6,8\]; its site says float32 \[1,4,8\]/,
    ],
    ["an input without a value", { inputs: ({ latents }) => ({ x: ops.transpose(latents, [0, 2, 1]) }) }, /inputs "t", "words"/],
    [
      "an input of another shape",
      { inputs: (given) => ({ ...options.inputs!(given), x: given.latents }) },
      /"x".* is float32 \[1,4,3\], got float32 \[1,3,4\]/,
    ],
    ["a prediction that is missing", { output: (outputs) => outputs["none"] as never }, /is missing.*velocity/],
    ["a prediction of another shape", { output: () => float([1, 2]) }, /float32 \[2\]; float32 \[1,3,4\]/],
  ])("%s", (_what, changed, message) => {
    let thrown: unknown;
    try {
      build(changed);
    } catch (error) {
      thrown = error;
    }
    expect(FoleyError.isInstance(thrown)).toBe(true);
    expect(`${(thrown as FoleyError).message} ${(thrown as FoleyError).hint ?? ""}`).toMatch(message);
  });
});
