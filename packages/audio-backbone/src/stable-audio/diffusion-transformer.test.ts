/** The diffusion transformer and the number conditioner against stable-audio-tools; see ../../fixtures/README.md. */
import { type GraphValue, memoryParameters, type PlainTensor } from "@foley-control/core";
import { graph, input, parametersOf, valuesOf } from "@foley-control/graph";
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
import { type DiffusionTransformerConfig, diffusionTransformer } from "./diffusion-transformer.js";
import { numberConditioner } from "./number-conditioner.js";

interface Case {
  readonly inputs: Readonly<Record<string, FormulaEntry>>;
  readonly outputs: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly slice?: readonly (readonly [number, number, number])[] }>
  >;
  readonly weights: Readonly<Record<string, FormulaEntry>>;
  readonly tolerance: { readonly maxAbs: number; readonly relL2: number };
}

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

/** Both limits of a case hold. */
function expectWithin({ tolerance }: Case, name: string, found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const { maxAbs, relL2 } = differences(found, expected);
  expect(maxAbs, `${name}: largest difference`).toBeLessThan(tolerance.maxAbs);
  expect(relL2, `${name}: relative difference`).toBeLessThan(tolerance.relL2);
}

/** Released names, with the residual stream after each text cross-attention and block as further outputs. */
function transformerGraph(config: DiffusionTransformerConfig, batch: number, frames: number, rows: number) {
  const inputs = {
    latents: input("latents", [batch, config.ioChannels, frames]),
    time: input("time", [batch]),
    context: input("context", [batch, rows, config.condTokenDim]),
    global: input("global", [batch, config.globalCondDim]),
  };
  const seen: GraphValue[] = [];
  const v = diffusionTransformer(config, inputs, (x) => {
    seen.push(x);
    return x;
  });
  const plain = graph("transformer", Object.values(inputs), { v });
  const block = (index: number) =>
    [...valuesOf(plain)].find((value) => value.name === `${config.prefix ?? ""}transformer.layers.${index}`) as GraphValue;
  const stream = Object.fromEntries(
    seen.flatMap((value, index) => [
      [`mid.block${index}.cross`, value],
      [`mid.block${index}.ff`, block(index)],
    ]),
  );
  return graph("transformer", Object.values(inputs), { v, ...stream });
}

const zeros = (tensor: PlainTensor): FixtureTensor => ({
  dtype: "float32",
  shape: tensor.shape,
  data: new Float32Array(tensor.data.length),
});
const scalar = (...values: number[]): FixtureTensor => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const dataOf = (outputs: Readonly<Record<string, PlainTensor>>, name = "v") => (outputs[name] as PlainTensor<"float32">).data;

/** The stored part of a tensor. */
function cut(tensor: PlainTensor, slice: readonly (readonly [number, number, number])[] | undefined): ArrayLike<number> {
  if (!slice) return tensor.data as Float32Array;
  const [, rows, columns] = slice as [unknown, readonly [number, number, number], readonly [number, number, number]];
  const width = tensor.shape[2] as number;
  const found: number[] = [];
  for (let row = rows[0]; row < rows[1]; row += rows[2])
    for (let column = columns[0]; column < columns[1]; column += columns[2])
      found.push((tensor.data as Float32Array)[row * width + column] as number);
  return found;
}

const released = { feedForwardMultiple: 4, timestepFeatures: 256, prefix: "model.model." } as const;
const layouts = {
  "sao-real-block": {
    ioChannels: 64,
    embedDim: 1536,
    depth: 2,
    numHeads: 24,
    condTokenDim: 768,
    globalCondDim: 1536,
    projectCondTokens: false,
    qkNorm: "none",
    ...released,
  },
  "sao-small-real-block": {
    ioChannels: 64,
    embedDim: 1024,
    depth: 2,
    numHeads: 8,
    condTokenDim: 768,
    globalCondDim: 768,
    projectCondTokens: true,
    qkNorm: "ln",
    ...released,
  },
  "sao-tiny": {
    ioChannels: 16,
    embedDim: 256,
    depth: 2,
    numHeads: 4,
    condTokenDim: 128,
    globalCondDim: 256,
    projectCondTokens: false,
    qkNorm: "none",
    ...released,
  },
  "sao-small-tiny": {
    ioChannels: 16,
    embedDim: 256,
    depth: 1,
    numHeads: 2,
    condTokenDim: 128,
    globalCondDim: 128,
    projectCondTokens: true,
    qkNorm: "ln",
    ...released,
  },
} as const satisfies Record<string, DiffusionTransformerConfig>;

describe.each(["sao-real-block", "sao-small-real-block"] as const)("%s: real widths, two blocks", (name) => {
  test("prediction and residual stream", async () => {
    const golden = readJson<Case>(`./${name}.json`);
    const stored = readTensors(`./${name}.safetensors`);
    const [x, time, global] = [stored("in.x"), stored("in.t"), stored("in.g")];
    const context = formulaTensor("input:ctx", golden.inputs["ctx"] as FormulaEntry);
    const source = transformerGraph(layouts[name], 1, x.shape[2] as number, context.shape[1] as number);
    const executable = await runtime.load(source, memoryParameters(formulaTensors(golden.weights)));
    const found = await executable.run({ latents: x, time, global, context });
    const without = dataOf(await executable.run({ latents: x, time, global, context: zeros(context) }));
    await executable.dispose();
    const names = ["v", ...Object.keys(source.outputs).filter((key) => key.startsWith("mid."))];
    expect(names).toHaveLength(5);
    for (const key of names)
      expectWithin(golden, key, cut(found[key] as PlainTensor, golden.outputs[key]?.slice), stored(`out.${key}`).data);
    const guided = dataOf(found).map((value, i) => (without[i] as number) + 3 * (value - (without[i] as number)));
    expectWithin(golden, "v.cfg3", guided, stored("out.v.cfg3").data);
  });

  test("the graph reads exactly the parameters of the release", () => {
    const { weights } = readJson<Case>(`./${name}.json`);
    const read = [...parametersOf(transformerGraph(layouts[name], 1, 4, 4))].map(([key, { shape }]) => `${key} ${shape}`);
    const there = Object.entries(weights).flatMap(([key, { amp, shape }]) => (amp === undefined ? [] : [`${key} ${shape}`]));
    expect(read.sort()).toEqual(there.sort());
  });
});

describe.each(["sao-tiny", "sao-small-tiny"] as const)("%s: three times, with and without text", (name) => {
  const golden = readJson<Case>(`./${name}-dit.json`);
  const stored = readTensors(`./${name}-dit.safetensors`);
  const weights = memoryParameters(formulaTensors(readJson<Case["weights"]>(`./${name}-weights.json`)));
  const [context, negative, global] = [stored("in.ctx"), stored("in.neg_ctx"), stored("in.g")];
  const rows = context.shape[1] as number;

  test("plain, unconditional, guided, guided away from a negative prompt", async () => {
    const x = stored("in.x");
    const executable = await runtime.load(transformerGraph(layouts[name], 1, x.shape[2] as number, rows), weights);
    const run = async (text: FixtureTensor, time: number, latents = x) =>
      dataOf(await executable.run({ latents, time: scalar(time), context: text, global }));
    for (const time of [0.05, 0.5, 0.95]) {
      const plain = await run(context, time);
      const none = await run(zeros(context), time);
      const away = await run(negative, time);
      expectWithin(golden, `plain ${time}`, plain, stored(`out.v.plain.t${time}`).data);
      expectWithin(golden, `uncond ${time}`, none, stored(`out.v.uncond.t${time}`).data);
      const guided = (from: Float32Array) => plain.map((value, i) => (from[i] as number) + 7 * (value - (from[i] as number)));
      expectWithin(golden, `cfg7 ${time}`, guided(none), stored(`out.v.cfg7.t${time}`).data);
      expectWithin(golden, `neg7 ${time}`, guided(away), stored(`out.v.neg7.t${time}`).data);
    }
    // Nearly nothing goes in: shows the epsilon of every norm.
    expectWithin(golden, "faint", await run(context, 0.5, stored("in.x_faint")), stored("out.v_faint.plain.t0.5").data);
    await executable.dispose();
  });

  test("a batch of two with different times", async () => {
    const x = stored("in.x_b");
    const joined = (a: FixtureTensor, b: FixtureTensor): FixtureTensor => ({
      dtype: "float32",
      shape: [2, ...a.shape.slice(1)],
      data: Float32Array.from([...a.data, ...b.data]),
    });
    const executable = await runtime.load(transformerGraph(layouts[name], 2, x.shape[2] as number, rows), weights);
    const found = await executable.run({
      latents: x,
      time: stored("in.t_b"),
      context: joined(context, negative),
      global: joined(global, global),
    });
    await executable.dispose();
    expectWithin(golden, "batch", dataOf(found), stored("out.v_b.plain").data);
  });
});

describe("number conditioner", () => {
  const golden = readJson<Case & { readonly config: { readonly seconds: number[] } }>("./sao-tiny-cond.json");
  const stored = readTensors("./sao-tiny-cond.safetensors");
  const weights = memoryParameters(formulaTensors(readJson<Case["weights"]>("./sao-tiny-weights.json")));
  const { seconds } = golden.config;

  test.each(["seconds_start", "seconds_total"])("%s: tokens of eight numbers, clamped to the range", async (which) => {
    const value = input("seconds", [seconds.length]);
    const token = numberConditioner(value, `conditioner.conditioners.${which}`, { min: 0, max: 512, width: 128 });
    const executable = await runtime.load(graph("number", [value], { v: token }), weights);
    const found = dataOf(await executable.run({ seconds: scalar(...seconds) }));
    await executable.dispose();
    expectWithin(golden, which, found, stored(`out.${which}`).data);
    const row = (index: number) => Array.from(found.subarray(index * 128, (index + 1) * 128));
    expect(row(seconds.indexOf(600))).toEqual(row(seconds.indexOf(512)));
    expect(row(seconds.indexOf(-3))).toEqual(row(seconds.indexOf(0)));
  });
});
