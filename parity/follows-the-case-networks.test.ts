/**
 * Networks of cases made up here, with seeds, sizes, prefixes and objectives that none of the project's cases has. What they
 * expect is what graph's reference gives in float64.
 */
import {
  type DiffusionTransformerConfig,
  diffusionTransformer,
  oobleckDecoder,
  readT5Config,
  t5EncoderStates,
} from "@foley-control/audio-backbone";
import type { Graph } from "@foley-control/core";
import { formulaWeights, type Numbers, type WeightTable } from "@foley-control/golden";
import { evaluate, graph, input, parametersOf } from "@foley-control/graph";
import { describe, test } from "vitest";
import { type AnyCase, caseFolder, expectPassed, float32, random, SEED, tolerance } from "./altered-case.test-support.js";

const { made } = caseFolder();

/** A formula for every parameter of a graph, under a prefix that no release has. */
const tableOf = (source: Graph, amp = 0.3): WeightTable =>
  Object.fromEntries(
    [...parametersOf(source)].map(([name, { shape }]) => [
      name,
      { shape, amp, offset: /gamma|weight_g|norm/.test(name) ? 1 : 0 },
    ]),
  );

/** What a graph gives in float64, with weights by formula. */
function evaluated(source: Graph, weights: WeightTable, feeds: Readonly<Record<string, ArrayLike<number>>>) {
  const parameters = Object.entries(formulaWeights({ caseSeed: SEED, weights })).map(([name, { data }]) => [name, data] as const);
  return evaluate(source, { ...Object.fromEntries(parameters), ...feeds });
}

describe("diffusion transformer", () => {
  const config: DiffusionTransformerConfig = {
    ioChannels: 4,
    embedDim: 64,
    depth: 1,
    numHeads: 1,
    condTokenDim: 12,
    globalCondDim: 20,
    projectCondTokens: true,
    qkNorm: "none",
    prefix: "other.",
  };
  const [batch, frames, rows] = [2, 7, 5];
  const inputs = {
    latents: input("latents", [batch, config.ioChannels, frames]),
    time: input("time", [batch]),
    context: input("context", [batch, rows, config.condTokenDim]),
    global: input("global", [batch, config.globalCondDim]),
  };
  const source = graph("transformer", Object.values(inputs), { v: diffusionTransformer(config, inputs) });
  const weights = tableOf(source);
  const shapes = { x: inputs.latents.shape, ctx: inputs.context.shape, g: inputs.global.shape };
  const amps = { x: 1.25, ctx: 0.75, g: 1.5 };
  const [x, ctx, g] = (["x", "ctx", "g"] as const).map((name) => random(name, shapes[name], amps[name]).data) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const at = (time: number, context: ArrayLike<number>) =>
    evaluated(source, weights, { latents: x, time: new Float32Array(batch).fill(time), context, global: g })["v"]
      ?.data as Float64Array;
  const file: AnyCase = {
    caseSeed: SEED,
    config: {
      io_channels: 4,
      embed_dim: 64,
      depth: 1,
      num_heads: 1,
      cond_token_dim: 12,
      global_cond_dim: 20,
      diffusion_objective: "rf_denoiser",
    },
    weights,
    inputs: Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, { shape, amp: amps[name as "x"], offset: 0 }]),
    ),
    tolerance: { maxAbs: 1e-4, relL2: 1e-4 },
  };

  test("prefix, sizes, batch, time and seed", async () => {
    const v = float32({ shape: shapes.x, data: at(0.37, ctx) });
    const plain = { ...file, config: { ...file.config, t: 0.37 }, outputs: { v: { shape: v.shape } } };
    expectPassed(await made(plain, { "out.v": v }), "diffusion transformer");
  });

  test("what it predicts is told by the objective, whatever its norms are", async () => {
    // Inside the interval by the time of a flow, outside by the level of v.
    const mode = { cfg_scale: 5, cfg_interval: [0.55, 0.65] };
    const [text, none] = [at(0.6, ctx), at(0.6, new Float32Array(ctx.length))];
    const guided = text.map((value, i) => (none[i] as number) + 5 * (value - (none[i] as number)));
    const report = await made(
      {
        ...file,
        config: { ...file.config, t: [0.6], modes: { plain: { cfg_scale: 1 }, near: mode } },
        inputs: { ...file.inputs, neg_ctx: { shape: shapes.ctx, amp: 1, offset: 0 } },
        outputs: { "v.plain.t0.6": { shape: shapes.x }, "v.near.t0.6": { shape: shapes.x } },
      },
      {
        "out.v.plain.t0.6": float32({ shape: shapes.x, data: text }),
        "out.v.near.t0.6": float32({ shape: shapes.x, data: guided }),
      },
    );
    expectPassed(report, "diffusion transformer");
  });
});

test("half of the Oobleck autoencoder: prefix, widths, strides and seed", async () => {
  const half = {
    sampleRate: 8000,
    audioChannels: 1,
    latentChannels: 3,
    encoderChannels: 4,
    decoderChannels: 4,
    multiples: [1, 2],
    strides: [2, 4],
  };
  const z = input("z", [1, 3, 9]);
  const source = graph("half", [z], { y: oobleckDecoder(z, { ...half, prefix: "elsewhere." }) });
  const weights = tableOf(source);
  const fed = random("z", z.shape, 1.1);
  const y = evaluated(source, weights, { z: fed.data })["y"];
  const file: AnyCase = {
    caseSeed: SEED,
    config: { out_channels: 1, latent_dim: 3, channels: 4, c_mults: [1, 2], strides: [2, 4] },
    weights,
    inputs: { z: { shape: z.shape, amp: 1.1, offset: 0 } },
    outputs: { y: { shape: y?.shape ?? [] } },
    tolerance: { maxAbs: 1e-4, relL2: 1e-4 },
  };
  expectPassed(await made(file, { "out.y": float32(y as Numbers) }), "half of the Oobleck autoencoder");
});

test("T5 encoder: sizes, ids, their count and the seed", async () => {
  const sizes = { d_model: 16, d_kv: 4, d_ff: 24, num_layers: 2, num_heads: 4, vocab_size: 40, feed_forward_proj: "relu" };
  const ids = [5, 39, 0, 17, 1, 0];
  const [tokens, mask] = [input("ids", [1, ids.length], "int64"), input("mask", [1, ids.length])];
  const source = graph("t5", [tokens, mask], { hidden: t5EncoderStates(readT5Config(sizes), tokens, mask) });
  const weights = tableOf(source);
  const all = evaluated(source, weights, { ids, mask: [1, 1, 1, 1, 1, 0] })["hidden"]?.data as Float64Array;
  const hidden = float32({ shape: [1, 5, 16], data: all.subarray(0, 5 * 16) });
  const file: AnyCase = {
    caseSeed: SEED,
    config: { ...sizes, ids, realTokens: 5 },
    weights,
    outputs: { hidden: { shape: hidden.shape } },
    tolerance,
  };
  expectPassed(await made(file, { "out.hidden": hidden }), "T5 encoder");
});
