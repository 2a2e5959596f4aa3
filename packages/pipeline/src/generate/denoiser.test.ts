/** What hoisting leaves in a step, and what the strength of the bridge does to it. */
import { mergeParameters, type PlainTensor } from "@foley-control/core";
import { countNodes, decompose, input, simplify } from "@foley-control/graph";
import { untrainedMini } from "@foley-control/mini";
import { nodeRuntime } from "@foley-control/runtime/node";
import { describe, expect, it } from "vitest";
import { denoiserGraphs } from "./denoiser.js";

const mini = untrainedMini();

describe("the denoiser's graph", () => {
  const shape = { size: { frames: 6 }, rows: 1, video: { tokens: 4, width: mini.encoder.tokenWidth }, scaled: true } as const;
  it("does its conditioning once: a step has 60 % of the ops that the network has written out plainly, 70 % of the fused", () => {
    const { step } = denoiserGraphs(mini.backbone.denoiser, mini.bridge, { ...shape, scaled: false });
    const video = input("video", [1, shape.video.tokens, shape.video.width]);
    const whole = simplify(mini.backbone.denoiser.graph({ ...shape.size, hook: mini.bridge.hook(video), extraInputs: [video] }));
    expect(countNodes(step)).toBeLessThan(0.6 * countNodes(decompose(whole)));
    expect(countNodes(step)).toBeLessThan(0.7 * countNodes(whole));
  });
  it("strength 1 equals the bridge as trained, strength 0 no bridge", async () => {
    await using runtime = nodeRuntime({ device: "cpu", worker: false });
    const random = (size: readonly number[], seed: number): PlainTensor<"float32"> => {
      const count = size.reduce((a, b) => a * b, 1);
      return { dtype: "float32", shape: size, data: Float32Array.from({ length: count }, (_, i) => Math.sin(seed + i * 1.7)) };
    };
    const { denoiser, text } = mini.backbone;
    const inputs = {
      latents: random([1, denoiser.latentChannels, 6], 1),
      time: random([1], 0.5),
      context: random([1, text.length + 1, text.tokenWidth], 2),
      global: random([1, text.tokenWidth], 3),
      video: random([1, 4, mini.encoder.tokenWidth], 4),
    };
    const weights = mergeParameters(denoiser.weights, mini.bridge.weights);
    const predict = async (which: { scaled: boolean; video: typeof shape.video | undefined }, strength?: number) => {
      const { prologue, step } = denoiserGraphs(denoiser, mini.bridge, { size: { frames: 6 }, rows: 1, ...which });
      const all: Record<string, PlainTensor> = {
        ...inputs,
        ...(strength === undefined ? {} : { videoStrength: { dtype: "float32", shape: [1], data: Float32Array.of(strength) } }),
      };
      const pick = (g: typeof prologue, from: Record<string, PlainTensor>) =>
        Object.fromEntries(g.inputs.map(({ name }) => [name as string, from[name as string] as PlainTensor]));
      await using early = await runtime.load(prologue, weights);
      await using late = await runtime.load(step, weights);
      const hoisted = await early.run(pick(prologue, all));
      return (await late.run(pick(step, { ...all, ...hoisted })))["prediction"]?.data as Float32Array;
    };
    const worst = (a: Float32Array, b: Float32Array) =>
      a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
    const trained = await predict({ scaled: false, video: shape.video });
    const none = await predict({ scaled: false, video: undefined });
    expect(worst(trained, none)).toBeGreaterThan(1e-3);
    expect(worst(await predict({ scaled: true, video: shape.video }, 1), trained)).toBeLessThan(1e-4);
    expect(worst(await predict({ scaled: true, video: shape.video }, 0), none)).toBeLessThan(1e-4);
  });
});
