/**
 * Gradients of every loss that is trained, in float64: against central differences at chosen entries, and against the
 * training step of stable-audio-tools (../../fixtures/README.md).
 */
import { diffusionTransformer } from "@foley-control/audio-backbone";
import { createRandom, type Graph, type GraphValue } from "@foley-control/core";
import { differentiate, evaluate, gradientName, graph, input, ops, parametersOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import {
  differences,
  type FormulaEntry,
  formulaTensor,
  formulaTensors,
  readJson,
  readTensors,
} from "../../fixtures/fixture-files.js";
import { meanSquaredError, vObjective } from "../objective.js";
import { tinyBackbone, tinyBridge, tinyEncoder } from "../testing.js";
import { bridgeLoss } from "./bridge.js";
import { codecLoss, isSharpening } from "./codec.js";
import { denoiserLoss } from "./denoiser.js";
import { videoEncoderLoss } from "./video-encoder.js";

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
type Feeds = Record<string, Float64Array>;

/** Random numbers that each input and parameter can take. */
function feedsOf(source: Graph, special: Readonly<Record<string, (index: number) => number>> = {}): Feeds {
  const feeds: Feeds = {};
  for (const { name = "", shape } of [...source.inputs, ...parametersOf(source).values()]) {
    const random = createRandom(7, name);
    const vector = shape.length === 1 && name.endsWith("weight");
    const gain = shape.length > 1 ? 0.5 : 0.1;
    const draw = special[name] ?? (() => gain * random.normal() + (vector ? 1 : 0));
    feeds[name] = Float64Array.from({ length: sizeOf(shape) }, (_, i) => draw(i));
  }
  return feeds;
}

const lossAt = (source: Graph, feeds: Feeds): number => evaluate(source, feeds)["loss"]?.data[0] as number;

/** The entry with the largest gradient and the middle one of each named parameter, against (f(x+h) − f(x−h)) / 2h. */
function checkGradients(source: Graph, feeds: Feeds, names: readonly string[]): void {
  const found = evaluate(differentiate(source, "loss", names), feeds);
  for (const name of names) {
    const gradient = found[gradientName(name)]?.data as Float64Array;
    const values = feeds[name] as Float64Array;
    const largest = gradient.reduce((best, value, i) => (Math.abs(value) > Math.abs(gradient[best] as number) ? i : best), 0);
    expect(Math.abs(gradient[largest] as number), `${name} has a gradient`).toBeGreaterThan(1e-9);
    for (const at of [largest, gradient.length >> 1]) {
      const [old, h] = [values[at] as number, 1e-5];
      values[at] = old + h;
      const above = lossAt(source, feeds);
      values[at] = old - h;
      const below = lossAt(source, feeds);
      values[at] = old;
      const error = Math.abs((above - below) / (2 * h) - (gradient[at] as number));
      expect(error, `${name}[${at}]: ${gradient[at]}`).toBeLessThan(1e-6 * Math.max(1, Math.abs(gradient[largest] as number)));
    }
  }
}

const diffusion = {
  ids: (i: number) => i % 5,
  mask: (i: number) => (i % 3 === 2 ? 0 : 1),
  textKept: () => 1,
  seconds: () => 4,
  time: (i: number) => 0.3 + 0.4 * i,
};

describe("against central differences", () => {
  test("denoiser", () => {
    const source = denoiserLoss(tinyBackbone, 2, 3);
    checkGradients(source, feedsOf(source, diffusion), [
      "text.embedding.weight",
      "text.layers.0.qkv.weight",
      "conditioner.conditioners.seconds_total.embedder.embedding.1.weight",
      "timestep_features.weight",
      "preprocess_conv.weight",
      "transformer.layers.0.self_attn.to_qkv.weight",
      "transformer.layers.0.cross_attn.to_kv.weight",
      "transformer.layers.1.ff.ff.0.proj.weight",
      "transformer.layers.1.ff_norm.gamma",
    ]);
  });

  test("bridge", () => {
    const source = bridgeLoss(tinyBackbone, tinyBridge, 2, 3, 2);
    checkGradients(source, feedsOf(source, diffusion), [
      "blocks.0.adapter.0.weight",
      "blocks.0.adapter.2.weight",
      "blocks.0.norm.weight",
      "blocks.0.video_norm.weight",
      "blocks.1.to_q.weight",
      "blocks.1.to_kv.weight",
      "blocks.0.query_anchor",
      "blocks.1.key_anchor",
      "blocks.1.to_out.weight",
    ]);
  });

  test("codec: its sharpening only", () => {
    const source = codecLoss(tinyBackbone.codec, 1, 3);
    const random = createRandom(8, "audio");
    const feeds = feedsOf(source, { audio: () => 0.1 * random.normal() });
    (feeds["codec.scale"] as Float64Array).fill(0.7);
    (feeds["codec.mean"] as Float64Array).fill(0.3);
    const trained = [...parametersOf(source).keys()].filter(isSharpening);
    expect(trained.length).toBeGreaterThan(8);
    checkGradients(source, feeds, trained);
  });

  test("video encoder", () => {
    const size = { batch: 1, frames: 4, imageSize: 8, classes: 3 };
    const source = videoEncoderLoss(tinyEncoder, { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }, size);
    const feeds = feedsOf(source, {
      frames: (i) => (i * 37) % 256,
      contacts: (i) => (i % 4 === 0 ? 1 : 0),
      places: (i) => (i % 5 === 0 ? 1 : 0),
      loudness: (i) => (i % 7) / 7,
      class: (i) => (i === 1 ? 1 : 0),
    });
    const names = [...parametersOf(source).keys()];
    checkGradients(
      source,
      feeds,
      names.filter((name) => /stem|attention\.(query|value|proj)|mlp\.fc1|head|layernorm/.test(name)),
    );
  });
});

test("dropping the text zeroes the whole context: neither words nor context duration reach the loss", () => {
  const source = denoiserLoss(tinyBackbone, 2, 3);
  const feeds = feedsOf(source, diffusion);
  const other = { ...feeds, ids: (feeds["ids"] as Float64Array).map((id) => (id + 1) % 5) };
  expect(lossAt(source, other)).not.toBe(lossAt(source, feeds));
  const dropped = Float64Array.of(0, 0);
  expect(lossAt(source, { ...other, textKept: dropped })).toBe(lossAt(source, { ...feeds, textKept: dropped }));
  const gradients = evaluate(differentiate(source, "loss", ["text.embedding.weight"]), { ...feeds, textKept: dropped });
  expect(gradients[gradientName("text.embedding.weight")]?.data.every((value) => value === 0)).toBe(true);
});

describe("against the training step of stable-audio-tools", () => {
  interface Case {
    readonly inputs: Readonly<Record<string, FormulaEntry>>;
    readonly config: { readonly cfg_dropout: readonly number[] };
    readonly outputs: Readonly<Record<string, { readonly slice?: readonly (readonly [number, number, number])[] }>>;
    readonly tolerance: { readonly maxAbs: number; readonly relL2: number };
  }
  const golden = readJson<Case>("./sao-tiny-train.json");
  const stored = readTensors("./sao-tiny-train.safetensors");
  const prefix = "model.model.";

  test("noisy latents, target, loss, and gradients at weights and at the bridge's sites", { timeout: 240_000 }, () => {
    const [clean, noise, time] = [input("clean", [3, 16, 16]), input("noise", [3, 16, 16]), input("time", [3])];
    const [context, global] = [input("context", [3, 130, 128]), input("global", [3, 256])];
    const bumps = [0, 1].map((block) => input(`bump.${block}`, [3, 17, 256]));
    const { noisy, target } = vObjective(clean, noise, time);
    const v = diffusionTransformer(
      {
        ioChannels: 16,
        embedDim: 256,
        depth: 2,
        numHeads: 4,
        condTokenDim: 128,
        globalCondDim: 256,
        projectCondTokens: false,
        qkNorm: "none",
        prefix,
      },
      { latents: noisy, time, context, global },
      (x, block) => ops.add(x, bumps[block] as GraphValue),
    );
    const source = graph("step", [clean, noise, time, context, global, ...bumps], {
      loss: meanSquaredError(v, target),
      noisy,
      target,
      v,
    });
    const weights = Object.keys(golden.outputs).flatMap((name) => (name.startsWith("grad.weight.") ? [name.slice(12)] : []));
    expect(weights).toHaveLength(5);

    const text = formulaTensor("input:ctx", golden.inputs["ctx"] as FormulaEntry).data;
    golden.config.cfg_dropout.forEach((dropped, row) => {
      if (dropped) text.fill(0, row * 130 * 128, (row + 1) * 130 * 128);
    });
    const numbers = Object.fromEntries(
      Object.entries(formulaTensors(readJson<Record<string, FormulaEntry>>("./sao-tiny-weights.json"))).map(
        ([name, { data }]) => [name, data],
      ),
    );
    const found = evaluate(differentiate(source, "loss", [...weights, "bump.0", "bump.1"]), {
      ...numbers,
      clean: stored("in.x0").data,
      noise: stored("in.eps").data,
      time: stored("in.t").data,
      global: stored("in.g").data,
      context: text,
      "bump.0": new Float64Array(3 * 17 * 256),
      "bump.1": new Float64Array(3 * 17 * 256),
    });
    const within = (ours: string, theirs: string) => {
      const slice = golden.outputs[theirs]?.slice;
      const { data, shape } = found[ours] as { data: Float64Array; shape: readonly number[] };
      const part: number[] = [];
      if (slice) {
        const [[, rows, rowStep], [, columns, columnStep]] = slice as [[number, number, number], [number, number, number]];
        for (let row = 0; row < rows; row += rowStep)
          for (let column = 0; column < columns; column += columnStep)
            part.push(data[row * (shape[1] as number) + column] as number);
      }
      const { maxAbs, relL2 } = differences(slice ? part : data, stored(`out.${theirs}`).data);
      expect(maxAbs, `${theirs}: largest difference`).toBeLessThan(golden.tolerance.maxAbs);
      expect(relL2, `${theirs}: relative difference`).toBeLessThan(golden.tolerance.relL2);
    };
    within("noisy", "x_t");
    within("target", "target");
    within("v", "v");
    within("loss", "loss");
    for (const name of weights) within(gradientName(name), `grad.weight.${name}`);
    for (const block of [0, 1]) within(gradientName(`bump.${block}`), `grad.residual.${block}`);
  });
});
