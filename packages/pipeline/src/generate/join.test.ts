import { createRandom } from "@foley-control/core";
import { expect, it } from "vitest";
import { joined } from "./join.js";

const rate = 24_000;
const noise = (name: string) => {
  const random = createRandom(1, name);
  return Float32Array.from({ length: rate }, () => 0.1 * random.normal());
};
const rms = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

it("what both made alike stays as it is", () => {
  const sound = noise("sound");
  const [out] = joined([sound], [sound.slice()], rate).channels;
  for (const [i, value] of sound.entries()) expect(out?.[i]).toBeCloseTo(value, 6);
});

it("begins like the one, ends like the other, and is nowhere quieter than they are where they have nothing in common", () => {
  const [before, after] = [noise("before"), noise("after")];
  const [out] = joined([before], [after], rate).channels as [Float32Array];
  expect(out.subarray(0, rate / 8)).toEqual(before.subarray(0, rate / 8));
  expect(out.subarray(-rate / 8)).toEqual(after.subarray(-rate / 8));
  for (let from = 0; from + 720 <= rate; from += 240) expect(rms(out.subarray(from, from + 720))).toBeGreaterThan(0.08);
});

it("goes over where it is quiet: a stroke that both made is heard once, as one of them made it", () => {
  const stroke = (phase: number) =>
    Float32Array.from({ length: rate }, (_, i) => {
      const t = (i - 0.4 * rate) / rate;
      return t < 0 ? 0 : Math.exp(-12 * t) * Math.sin(2 * Math.PI * 500 * t + phase);
    });
  const [before, after] = [stroke(0), stroke(1.5)];
  const [out] = joined([before], [after], rate).channels as [Float32Array];
  expect(out.subarray(0.4 * rate, 0.6 * rate)).toEqual(after.subarray(0.4 * rate, 0.6 * rate));
});
