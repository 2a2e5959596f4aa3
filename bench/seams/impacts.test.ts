import { createRandom } from "@foley-control/core";
import { expect, it } from "vitest";
import { countImpacts, impactRow } from "./impacts.js";

const rate = 24_000;

/** Strokes that die away. */
const strokes = (times: readonly number[]): Float32Array => {
  const random = createRandom(1, "strokes");
  const out = new Float32Array(12 * rate).map(() => 1e-4 * random.normal());
  for (const time of times)
    for (let i = 0; i < rate / 4; i++)
      (out[Math.round(time * rate) + i] as number) += 0.3 * Math.exp((-40 * i) / rate) * random.normal();
  return out;
};

it("an impact that is missing near a joint, and one that is there twice, are told there and not elsewhere", () => {
  const events = [1, 2, 3, 4.8, 5.3, 7, 8, 9, 10];
  const heard = [1, 2, 3, 4.8, 4.92, 7, 8, 9, 10];
  const { near, elsewhere } = countImpacts({ samples: strokes(heard), sampleRate: rate, joints: [5] }, events);
  expect(near).toEqual({ events: 2, onsets: 2, heard: 1, doubled: 1 });
  expect(elsewhere).toEqual({ events: 7, onsets: 7, heard: 7, doubled: 0 });
  expect(impactRow("near", [near, near])).toEqual({ of: "near", events: 4, onsets: 4, f1: 0.5, lost: 0.5, doubled: 0.5 });
});
