/** Inpainting: the mask's shape, and what a run keeps. The reference's whole run is among the golden cases. */
import { normalArray } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { inpaint, inpaintMask, SOLVERS, sample, seededNoise, solverNames } from "./index.js";

describe("inpaintMask", () => {
  it("is 1 where the clip is made anew, with soft edges, and lower by the marination", () => {
    expect([...inpaintMask(8, { start: 0.25, end: 0.75 })]).toEqual([0, 0, 1, 1, 1, 1, 0, 0]);
    const soft = inpaintMask(100, { start: 0.2, end: 0.8, softStart: 0.1, softEnd: 0.2, marination: 0.5 });
    expect(soft[19]).toBe(0);
    expect(soft[20]).toBe(0);
    expect(soft[50]).toBe(0.5);
    expect(soft[79]).toBe(0);
    for (let i = 21; i < 30; i++) expect(soft[i]).toBeGreaterThan(soft[i - 1] as number);
    for (let i = 61; i < 80; i++) expect(soft[i]).toBeLessThan(soft[i - 1] as number);
  });
  it.each([
    [{ start: 0.5, end: 0.2 }, /end is 0.2/],
    [{ start: -0.1, end: 0.2 }, /start is -0.1/],
    [{ start: 0, end: 0.2, softEnd: 0.3 }, /softEnd is 0.3/],
    [{ start: 0, end: 1, marination: Number.NaN }, /marination is NaN/],
  ])("%j is refused", (range, message) => {
    expect(() => inpaintMask(10, range)).toThrow(message);
  });
});

describe.each(solverNames("v").filter((solver) => SOLVERS[solver].levels === "sigmas" && !SOLVERS[solver].choosesLevels))(
  "%s",
  (solver) => {
    const [channels, frames, steps] = [2, 10, 60];
    const known = normalArray(3, ["known"], channels * frames);
    const mask = inpaintMask(frames, { start: 0.3, end: 0.6 });
    // A network that moves every latent towards the mean of the clip it is given: what is kept decides what is made.
    const velocity = (x: Float32Array, t: number) => {
      const [a, b] = [Math.cos((Math.PI * t) / 2), Math.sin((Math.PI * t) / 2)];
      const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
      return x.map((value) => (b > 0 ? (a * value - (0.8 * value * a * a + 0.2 * mean * a)) / Math.max(b, 1e-3) : 0));
    };
    it("keeps what the mask keeps, whatever the noise, and makes the rest anew", async () => {
      const run = async (seed: number) => {
        const noise = seededNoise(seed, known.length, "kept");
        const painted = inpaint({ known, mask, steps, noise });
        const states: Float32Array[] = [];
        const result = await sample(velocity, normalArray(seed, ["start"], known.length), {
          solver,
          steps,
          sigmaMin: 0.01,
          sigmaMax: 80,
          noise: seededNoise(seed, known.length, "steps"),
          ...painted,
          onStep: ({ x }) => void states.push(Float32Array.from(x)),
        });
        return { result, last: states.at(-1) as Float32Array };
      };
      const [one, two] = [await run(1), await run(2)];
      known.forEach((value, i) => {
        if ((mask[i % frames] as number) > 0) return;
        // What enters the last step is what is known with the last noise on it.
        expect(Math.abs((one.last[i] as number) - value)).toBeLessThan(0.05);
        expect(Math.abs((two.last[i] as number) - value)).toBeLessThan(0.05);
      });
      expect(one.result.every(Number.isFinite)).toBe(true);
      // The last step writes all of it back, after the network has made the result.
      const made = known.map((value, i) => ((mask[i % frames] as number) > 0 ? Math.abs((one.result[i] as number) - value) : 0));
      expect(Math.max(...made)).toBeGreaterThan(0.2);
    });
  },
);

it("a mask that does not divide the latents is refused", () => {
  const noise = seededNoise(1, 8, "kept");
  expect(() => inpaint({ known: new Float32Array(8), mask: new Float32Array(3), steps: 2, noise })).toThrow(
    /mask has 3 numbers.*8 latents/,
  );
});
