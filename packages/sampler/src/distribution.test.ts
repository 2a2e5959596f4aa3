/**
 * Independent of any reference implementation: samples drawn with the exact network for a known distribution must have that
 * distribution. Data: 30 % N(−1, 0.2²), 70 % N(1, 0.4²), which no linear model can imitate.
 */
import { normalArray } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { alphaSigma, linearTimes, type SampleOptions, sample, seededNoise, type Velocity } from "./index.js";

const COUNT = 10_000;
const modes = [
  { weight: 0.3, mean: -1, variance: 0.04 },
  { weight: 0.7, mean: 1, variance: 0.16 },
];

/** The exact conditional means of clean value and noise, given x = a·clean + b·noise; no allocation per element. */
function network(prediction: "v" | "flow"): Velocity {
  const [one, two] = modes as [(typeof modes)[number], (typeof modes)[number]];
  return (x, t) => {
    const { alpha: a, sigma: b } = prediction === "v" ? alphaSigma(t) : { alpha: 1 - t, sigma: t };
    const totalOne = a * a * one.variance + b * b;
    const totalTwo = a * a * two.variance + b * b;
    const prior = Math.log((two.weight / one.weight) * Math.sqrt(totalOne / totalTwo));
    return x.map((value) => {
      const rOne = value - a * one.mean;
      const rTwo = value - a * two.mean;
      const share = 1 / (1 + Math.exp(prior + (rOne * rOne) / (2 * totalOne) - (rTwo * rTwo) / (2 * totalTwo)));
      const clean =
        share * (one.mean + (a * one.variance * rOne) / totalOne) +
        (1 - share) * (two.mean + (a * two.variance * rTwo) / totalTwo);
      const noise = share * ((b * rOne) / totalOne) + (1 - share) * ((b * rTwo) / totalTwo);
      return prediction === "v" ? a * noise - b * clean : noise - clean;
    });
  };
}

describe("samples of a two-mode distribution", () => {
  const cases: SampleOptions[] = [
    { solver: "dpmpp-3m-sde", steps: 60, sigmaMin: 0.02, sigmaMax: 80 },
    { solver: "dpmpp-2m-sde", steps: 60, sigmaMin: 0.02, sigmaMax: 80 },
    { solver: "dpmpp-3m-sde", eta: 0.5, steps: 60, sigmaMin: 0.02, sigmaMax: 80 },
    { solver: "dpmpp-2m", steps: 60, sigmaMin: 0.02, sigmaMax: 80 },
    { solver: "k-euler-ancestral", steps: 200, sigmaMin: 0.02, sigmaMax: 80 },
    { solver: "k-dpm-adaptive", sigmaMin: 0.02, sigmaMax: 80 },
    { solver: "v-ddim", steps: 150 },
    { solver: "v-ddim", eta: 1, steps: 300 },
    // The log-SNR schedule leaves t at 0.119 in one step, too coarse for a mode of deviation 0.2; hence linear times.
    { solver: "euler", prediction: "flow", levels: linearTimes({ steps: 150 }) },
    { solver: "dpmpp", prediction: "flow", levels: linearTimes({ steps: 60 }) },
  ];
  it.each(
    cases.map((options) => [`${options.solver}${options.eta === undefined ? "" : ` eta ${options.eta}`}`, options] as const),
  )("%s: weight of each mode, its mean and spread within 5 standard errors and 2 percent", async (_name, options) => {
    const noise = seededNoise(5, COUNT, "noise");
    const x = await sample(network(options.prediction ?? "v"), normalArray(5, ["start"], COUNT), { ...options, noise });
    for (const [mode, member] of [
      [modes[0], (value: number) => value < -0.3],
      [modes[1], (value: number) => value >= -0.3],
    ] as const) {
      const { weight, mean, variance } = mode as (typeof modes)[number];
      const own = [...x].filter(member);
      const average = own.reduce((sum, value) => sum + value, 0) / own.length;
      const spread = Math.sqrt(own.reduce((sum, value) => sum + (value - average) ** 2, 0) / own.length);
      const deviation = Math.sqrt(variance);
      expect(Math.abs(own.length / COUNT - weight)).toBeLessThan(5 * Math.sqrt((weight * (1 - weight)) / COUNT) + 0.005);
      expect(Math.abs(average - mean)).toBeLessThan((5 * deviation) / Math.sqrt(own.length) + 0.02 * deviation);
      expect(Math.abs(spread / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * own.length) + 0.02);
    }
  });
});
