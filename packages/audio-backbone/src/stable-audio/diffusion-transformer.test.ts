/** The diffusion transformer and the number conditioner; what they compute is checked by the golden cases. */
import { memoryParameters, type PlainTensor } from "@foley-control/core";
import { formulaWeights, type WeightTable } from "@foley-control/golden";
import { goldenCase, goldenModel } from "@foley-control/golden/node";
import { graph, input, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { expect, test } from "vitest";
import { type DiffusionTransformerConfig, diffusionTransformer } from "./diffusion-transformer.js";
import { numberConditioner } from "./number-conditioner.js";

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
} as const satisfies Record<string, DiffusionTransformerConfig>;

test.each(["sao-real-block", "sao-small-real-block"] as const)(
  "%s: the graph reads exactly the parameters of the release",
  (name) => {
    const config = layouts[name];
    const inputs = {
      latents: input("latents", [1, config.ioChannels, 4]),
      time: input("time", [1]),
      context: input("context", [1, 4, config.condTokenDim]),
      global: input("global", [1, config.globalCondDim]),
    };
    const source = graph("transformer", Object.values(inputs), { v: diffusionTransformer(config, inputs) });
    const read = [...parametersOf(source)].map(([key, { shape }]) => `${key} ${shape}`);
    // The frequencies of the rotation are "as built", with no formula.
    const there = Object.entries(goldenCase(`sao/${name}`).file.weights as WeightTable).flatMap(([key, entry]) =>
      "amp" in entry ? [`${key} ${entry.shape}`] : [],
    );
    expect(read.sort()).toEqual(there.sort());
  },
);

test("a number outside its range is the end of the range", async () => {
  const seconds = [0, -3, 512, 600, 30];
  const value = input("seconds", [seconds.length]);
  const token = numberConditioner(value, "conditioner.conditioners.seconds_total", { min: 0, max: 512, width: 128 });
  const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const weights = memoryParameters(formulaWeights(goldenModel("sao/sao-tiny")));
  const executable = await runtime.load(graph("number", [value], { token }), weights);
  const { token: found } = await executable.run({
    seconds: { dtype: "float32", shape: [seconds.length], data: Float32Array.from(seconds) },
  });
  await runtime.dispose();
  const row = (index: number) => (found as PlainTensor<"float32">).data.slice(index * 128, (index + 1) * 128);
  expect(row(1)).toEqual(row(0));
  expect(row(3)).toEqual(row(2));
  expect(row(4)).not.toEqual(row(2));
});
