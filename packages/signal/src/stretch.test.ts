import { describe, expect, it } from "vitest";
import { stretchFrames } from "./stretch.js";

describe("stretchFrames", () => {
  it("is the reference's for 1001 → 1024 frames", () => {
    const sine = Float32Array.from({ length: 1001 }, (_, n) => Math.sin(Math.fround(Math.fround(0.05) * n)));
    const found = stretchFrames(sine, 1001, 1, 1024);
    const expected = { 0: 0, 1: 0.0483145, 2: 0.0966254, 511: -0.1566947, 1022: -0.3086869, 1023: -0.2623748 };
    for (const [at, value] of Object.entries(expected)) expect(found[Number(at)]).toBeCloseTo(value, 6);
  });

  it("keeps frames that stay as many, stretches bands alike and one frame to many", () => {
    const values = Float64Array.of(1, 10, 2, 20, 5, 50);
    expect([...stretchFrames(values, 3, 2, 3)]).toEqual([...values]);
    const longer = stretchFrames(values, 3, 2, 7);
    for (let i = 0; i < 7; i++) expect(longer[2 * i + 1]).toBeCloseTo(10 * longer[2 * i]!, 10);
    expect([...stretchFrames(Float64Array.of(3, 4), 1, 2, 3)]).toEqual([3, 4, 3, 4, 3, 4]);
    expect([...stretchFrames(values, 3, 2, 1)]).toEqual([1, 10]);
  });

  it("rejects sizes that do not fit", () => {
    expect(() => stretchFrames(new Float64Array(5), 2, 2, 4)).toThrow(/2 frames of 2 bands are 4 values; got 5/);
    expect(() => stretchFrames(new Float64Array(4), 2, 2, 0)).toThrow(/toFrames is 0/);
  });
});
