import { expect, it } from "vitest";
import { addImpact, addNoise, TEST_MATERIALS, testRandom } from "../fixtures/synthetic-sounds.js";
import { detectOnsets } from "./onset-detect.js";
import { detectOnsetsInParts } from "./onset-parts.js";

/** Impacts at places that have nothing to do with where a sound is cut, the loudest of them near the end. */
function impacts(seconds: number, sampleRate: number): Float32Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  const random = testRandom(5);
  const materials = Object.values(TEST_MATERIALS);
  for (let [time, i] = [0.11, 0]; time < seconds - 0.3; time += 0.13 + random.uniform(), i++)
    addImpact(samples, sampleRate, time, 0.02 + 0.2 * random.uniform(), materials[i % materials.length] as never, random);
  addImpact(samples, sampleRate, seconds - 0.2, 0.9, materials[0] as never, random);
  addNoise(samples, 0.003, random, true);
  return samples;
}

it.each([
  [24_000, 47.3],
  [22_050, 20.01],
  [44_100, 20.6],
  [16_000, 0.3],
])(
  "a sound at %i Hz of %f s read in parts has the onsets that it has as a whole, to the last bit",
  async (sampleRate, seconds) => {
    const samples = impacts(seconds, sampleRate);
    let most = 0;
    const read = async (from: number, to: number): Promise<Float32Array> => {
      most = Math.max(most, to - from);
      return samples.subarray(from, to);
    };
    const whole = detectOnsets(samples, sampleRate);
    expect(await detectOnsetsInParts({ sampleRate, length: samples.length, read })).toEqual(whole);
    expect(whole.times.length).toBeGreaterThan(seconds / 2);
    expect(most).toBeLessThan(22 * sampleRate);
  },
);
