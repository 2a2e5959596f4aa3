import { FoleyError } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { combineGuidance, type GuidanceBranch, guidanceWeights, guide, rescaleGuidance } from "./guidance.js";

const none = Float64Array.of(1, 2, 3, 4);
const text = Float64Array.of(2, 0, 5, -1);
const full = Float64Array.of(-3, 1, 8, 0.5);

describe("combineGuidance", () => {
  it("is none + text scale·(text − none) + video scale·(full − text)", () => {
    for (const [textScale, videoScale] of [
      [7, 1],
      [1, 1],
      [0, 0],
      [3, 2.5],
      [1, 4],
      [-1, 0],
    ] as const) {
      const result = combineGuidance({ none, text, full }, { textScale, videoScale });
      for (let i = 0; i < 4; i++) {
        const [n, t, f] = [none[i] as number, text[i] as number, full[i] as number];
        expect(result[i]).toBeCloseTo(n + textScale * (t - n) + videoScale * (f - t), 12);
      }
    }
  });

  it("gives exactly the conditional prediction at scales 1, whatever the others are", () => {
    const broken = Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0, 0);
    expect(combineGuidance({ none: broken, text: broken, full }, { textScale: 1, videoScale: 1 })).toEqual(full);
    expect(combineGuidance({ full }, { textScale: 1, videoScale: 1 })).toEqual(full);
  });

  it("names a missing prediction and a scale that is no number", () => {
    expect(() => combineGuidance({ text, full }, { textScale: 2, videoScale: 1 })).toThrow(/"none" is missing; its weight is -1/);
    expect(() => guidanceWeights({ textScale: Number.NaN })).toThrow(/textScale is NaN/);
    expect(() => guidanceWeights({ videoScale: Number.POSITIVE_INFINITY })).toThrow(FoleyError);
  });
});

describe("rescaleGuidance", () => {
  it("moves the unbiased channel deviation of every time step towards the conditional one", () => {
    // [batch 1, channels 3, frames 2]
    const guided = Float64Array.of(1, 10, 3, 20, 8, 60);
    const conditional = Float64Array.of(0, 1, 1, 1, 2, 4);
    const deviation = (values: Float64Array, frame: number): number => {
      const column = [0, 1, 2].map((c) => values[2 * c + frame] as number);
      const mean = (column[0]! + column[1]! + column[2]!) / 3;
      return Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    };
    for (const amount of [0, 0.7, 1]) {
      const result = rescaleGuidance(guided, conditional, amount, [1, 3, 2]);
      for (const frame of [0, 1]) {
        const expected = amount * deviation(conditional, frame) + (1 - amount) * deviation(guided, frame);
        expect(deviation(result, frame)).toBeCloseTo(expected, 10);
        expect((result[frame] as number) / (result[4 + frame] as number)).toBeCloseTo(guided[frame]! / guided[4 + frame]!, 12);
      }
    }
  });

  it("leaves a constant time step alone and refuses one channel", () => {
    expect(rescaleGuidance(Float64Array.of(2, 2), Float64Array.of(1, 5), 1, [1, 2, 1])).toEqual(Float64Array.of(2, 2));
    expect(() => rescaleGuidance(none, text, 1, [1, 1, 4])).toThrow(/two channels/);
    expect(() => rescaleGuidance(none, text, 2, [1, 2, 2])).toThrow(/rescale is 2/);
  });
});

describe("guide", () => {
  const outputs = { none, text, full };
  const calls: (readonly GuidanceBranch[])[] = [];
  const evaluate = (_x: Float64Array, _t: number, branches: readonly GuidanceBranch[]): readonly Float64Array[] => {
    calls.push(branches);
    return branches.map((branch) => outputs[branch]);
  };
  const run = async (
    options: Parameters<typeof guide>[1],
    time = 0.5,
  ): Promise<{ asked: readonly GuidanceBranch[]; out: Float64Array }> => {
    calls.length = 0;
    const out = await guide(evaluate, options).velocity(none, time);
    expect(calls).toHaveLength(1);
    return { asked: calls[0] as readonly GuidanceBranch[], out };
  };

  it("evaluates only what has a weight", async () => {
    expect((await run({ textScale: 1, videoScale: 1 })).asked).toEqual(["full"]);
    expect((await run({ textScale: 4 })).asked).toEqual(["none", "full"]);
    expect((await run({ textScale: 4, videoScale: 0 })).asked).toEqual(["none", "text"]);
    expect((await run({ textScale: 1, videoScale: 3 })).asked).toEqual(["text", "full"]);
    expect((await run({ textScale: 4, videoScale: 2 })).asked).toEqual(["none", "text", "full"]);
    expect((await run({ textScale: 4, videoScale: 2, video: false })).asked).toEqual(["none", "text"]);
    expect((await run({ textScale: 0, videoScale: 0 })).asked).toEqual(["none"]);
  });

  it("combines as combineGuidance does, and rescales", async () => {
    const scales = { textScale: 4, videoScale: 2 };
    expect((await run(scales)).out).toEqual(combineGuidance(outputs, scales));
    const rescaled = await run({ ...scales, rescale: 0.5, shape: [1, 2, 2] });
    expect(rescaled.out).toEqual(rescaleGuidance(combineGuidance(outputs, scales), full, 0.5, [1, 2, 2]));
  });

  it("uses the conditioned prediction alone outside the interval", async () => {
    const options = { textScale: 4, interval: [0.2, 0.8] } as const;
    // sin(π·0.5/2) = 0.707 is inside, sin(π·0.7/2) = 0.891 is not; for flow the time itself counts.
    expect((await run(options, 0.5)).asked).toEqual(["none", "full"]);
    const outside = await run(options, 0.7);
    expect(outside.asked).toEqual(["full"]);
    expect(outside.out).toEqual(full);
    expect((await run({ ...options, prediction: "flow" }, 0.7)).asked).toEqual(["none", "full"]);
    expect((await run({ ...options, prediction: "flow" }, 0.8)).asked).toEqual(["none", "full"]);
    expect((await run({ ...options, video: false }, 0.7)).asked).toEqual(["text"]);
  });

  it("gives the unconditional prediction along for CFG++", async () => {
    const pair = await guide(evaluate, { textScale: 1, videoScale: 1 }).pair(none, 0.5);
    expect(pair).toEqual({ guided: full, unconditional: none });
  });

  it("refuses options it cannot use", async () => {
    expect(() => guide(evaluate, { textScale: Number.NaN })).toThrow(/textScale/);
    expect(() => guide(evaluate, { rescale: 0.5 })).toThrow(/without shape/);
    expect(() => guide(evaluate, { interval: [0.5, 0.2] })).toThrow(/interval\[1\]/);
    await expect(guide(() => [none], { textScale: 2 }).velocity(none, 0.5)).rejects.toThrow(/1 predictions for 2 branches/);
  });
});
