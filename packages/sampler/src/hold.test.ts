import { normalArray } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { hold } from "./hold.js";
import type { Velocity } from "./objective.js";
import { sample } from "./sample.js";
import { SOLVERS, solverNames } from "./solvers.js";

const [channels, frames, kept] = [3, 20, 7];
const size = channels * frames;
const known = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
const held = Float32Array.from({ length: frames }, (_, i) => (i < kept ? 1 : 0));
const noise = normalArray(1, ["latents"], size);

describe("latents that are known before sampling", () => {
  for (const prediction of ["v", "flow"] as const) {
    for (const solver of solverNames(prediction)) {
      it(`come out as they are by ${prediction} ${solver}, and the network says the rest`, async () => {
        const velocity: Velocity = (x) => x.map((value) => 0.3 * value);
        const run = (network: Velocity) =>
          sample(network, noise, {
            ...{ prediction, solver, steps: 12 },
            noise: (step) => normalArray(2, ["steps", step], size),
            pair: async (x, time) => {
              const guided = await network(x, time);
              return { guided, unconditional: guided };
            },
          });
        const [free, bound] = [await run(velocity), await run(hold(velocity, { known, held, prediction }))];
        for (let i = 0; i < size; i++) {
          const isHeld = i % frames < kept;
          // Two solvers end a little above no noise; one looks ahead to where there is none.
          const distance = Math.abs((bound[i] as number) - ((isHeld ? known : free)[i] as number));
          expect(distance, `${i}`).toBeLessThan(isHeld ? (SOLVERS[solver].choosesLevels ? 0.3 : 0.05) : 1e-3);
        }
      });
    }
  }
  it("are counted by frame", () => {
    const wrong = { known, held: held.subarray(0, 19), prediction: "v" } as const;
    expect(() => hold<Float32Array>((x) => x, wrong)).toThrow(/60 latents were given, and whether 19 frames/);
  });
});
