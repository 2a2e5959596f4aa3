/** Times against the sequence as published, the net property, and the laws of their distributions. */
import { expect, test } from "vitest";
import { drawTimes, sobolPoint, sobolScrambling, UNSCRAMBLED } from "./times.js";

test("unscrambled, the points are Sobol's", () => {
  // As torch.quasirandom.SobolEngine(1) and scipy.stats.qmc.Sobol(1, scramble=False) document them.
  const known = [0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125, 0.1875, 0.6875];
  expect(known.map((_, index) => sobolPoint(index, UNSCRAMBLED))).toEqual(known);
});

test("scrambled, every aligned run of 2ᵏ points has one in each of 2ᵏ equal stretches", () => {
  for (const seed of [1, 2, 3]) {
    const scrambling = sobolScrambling(seed, "bridge");
    for (const size of [2, 32, 1024])
      for (const run of [0, 1, 77, 400_000]) {
        const points = Array.from({ length: size }, (_, i) => sobolPoint(run * size + i, scrambling));
        expect(new Set(points.map((point) => Math.floor(point * size))).size).toBe(size);
      }
  }
  expect(sobolPoint(5 + 2 ** 30, sobolScrambling(1))).toBe(sobolPoint(5, sobolScrambling(1)));
});

test("over many scramblings a point is uniform: mean 1/2, variance 1/12 (5 standard errors)", () => {
  const points = Array.from({ length: 4000 }, (_, seed) => sobolPoint(6, sobolScrambling(seed)));
  const mean = points.reduce((sum, x) => sum + x, 0) / points.length;
  const variance = points.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / points.length;
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / points.length));
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / points.length));
});

test("a step's times depend on seed, stream and step alone", () => {
  for (const sampling of ["sobol", "uniform", "logit-normal"] as const) {
    const times = drawTimes(sampling, 16, 7, 1, "bridge");
    expect(drawTimes(sampling, 16, 7, 1, "bridge")).toEqual(times);
    for (const other of [
      drawTimes(sampling, 16, 8, 1, "bridge"),
      drawTimes(sampling, 16, 7, 2, "bridge"),
      drawTimes(sampling, 16, 7, 1, "x"),
    ])
      expect(other).not.toEqual(times);
    expect(times.every((t) => t >= 0 && t <= 1)).toBe(true);
  }
  expect(() => drawTimes("cosine" as "sobol", 1, 0, 1)).toThrow(/one of sobol, uniform, logit-normal/);
});

test.each([
  ["logit-normal", 0, 1],
  [{ kind: "logit-normal", mean: 1.2, deviation: 1.3 }, 1.2, 1.3],
] as const)("%j: the logits have mean %d and deviation %d (5 standard errors)", (sampling, mean, deviation) => {
  // Where a time rounds to 1 in float32 its logit is lost; at these means that is rarer than one in ten million.
  const normals = Array.from(drawTimes(sampling, 20_000, 0, 4), (t) => (Math.log(t / (1 - t)) - mean) / deviation);
  const average = normals.reduce((sum, x) => sum + x, 0) / normals.length;
  const variance = normals.reduce((sum, x) => sum + x * x, 0) / normals.length;
  expect(Math.abs(average)).toBeLessThan(5 / Math.sqrt(normals.length));
  expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / normals.length));
});
