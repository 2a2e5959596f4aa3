/** Parts at another rate are the parts of the whole at that rate. */
import { HIGH_QUALITY_RESAMPLING, resample } from "@foley-control/signal";
import { expect, it } from "vitest";
import { atRate } from "./at-rate.js";
import type { SoundSource } from "./player.js";

const samples = Float32Array.from({ length: 30_000 }, (_, i) => Math.sin(i * 0.05) * Math.sin(i * 0.0011));
const source = (sampleRate: number): SoundSource => ({
  id: "tone",
  sampleRate,
  channels: 1,
  start: 0,
  duration: samples.length / sampleRate,
  gain: 1,
  read: (from, to) => Promise.resolve([samples.slice(from, to)]),
});

it.each([16_000, 22_050, 24_000, 44_100])("joins parts of %i Hz without a seam", async (rate) => {
  const whole = resample(samples, rate, 48_000, HIGH_QUALITY_RESAMPLING);
  const converted = atRate(source(rate), 48_000);
  for (const [from, to] of [
    [0, 5000],
    [5000, 12_345],
    [12_345, 30_001],
  ] as const) {
    const [part] = await converted.read(from, to);
    const worst = (part as Float32Array).reduce((most, value, i) => Math.max(most, Math.abs(value - (whole[from + i] ?? 0))), 0);
    expect(worst).toBeLessThan(1e-5);
  }
});

it("leaves a sound of the right rate as it is", () => {
  const right = source(48_000);
  expect(atRate(right, 48_000)).toBe(right);
});
