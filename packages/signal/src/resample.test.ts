/** Resampling; what torchaudio makes of sounds is checked by the golden cases. */
import { cut } from "@foley-control/golden";
import { goldenCase } from "@foley-control/golden/node";
import { describe, expect, it } from "vitest";
import { createResampler, HIGH_QUALITY_RESAMPLING, resample } from "./resample.js";

const golden = goldenCase("metrics/frontends/resample");
const kernels = Object.keys(golden.file.outputs).filter((name) => name.startsWith("kernel."));

it.each(kernels)("%s is torchaudio's, bit for bit", (name) => {
  const [from, to] = name.slice("kernel.".length).split("to").map(Number) as [number, number];
  const data = createResampler(from, to).kernel() as Float32Array<ArrayBuffer>;
  const { shape = [], slice } = golden.file.outputs[name] ?? {};
  expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
  expect(cut({ shape, data }, slice).data).toEqual(golden.stored(name).data);
});

describe("resample", () => {
  /** Signal-to-error ratio of a sine (in band) or rejection (out of band), dB, away from the ends. */
  function quality(from: number, to: number, hz: number): number {
    const input = Float64Array.from({ length: from / 2 }, (_, i) => Math.sin((2 * Math.PI * hz * i) / from));
    const output = resample(input, from, to, HIGH_QUALITY_RESAMPLING);
    let error = 0;
    let power = 0;
    for (let i = 1000; i < output.length - 1000; i++) {
      const expected = Math.sin((2 * Math.PI * hz * i) / to);
      error += (output[i]! - (hz < to / 2 ? expected : 0)) ** 2;
      power += 0.5;
    }
    return 10 * Math.log10(power / error);
  }

  it.each([
    [48000, 44100],
    [44100, 48000],
    [24000, 48000],
    [48000, 24000],
    [44100, 16000],
  ])("the high-quality preset keeps the band: %i → %i Hz ≥ 95 dB up to 90 %% of Nyquist", (from, to) => {
    const nyquist = Math.min(from, to) / 2;
    for (const share of [0.01, 0.3, 0.6, 0.9]) expect(quality(from, to, share * nyquist)).toBeGreaterThan(95);
    if (to < from) expect(quality(from, to, 1.02 * nyquist)).toBeGreaterThan(95);
  });

  it("accepts Kaiser windows at torchaudio's own width, copies at equal rates, keeps sample 0 in place", () => {
    const impulse = new Float32Array(100);
    impulse[50] = 1;
    const up = resample(impulse, 16000, 48000, { window: "kaiser" });
    expect(up.indexOf(Math.max(...up))).toBe(150);
    const same = resample(impulse, 16000, 16000);
    expect(same).toEqual(impulse);
    expect(same).not.toBe(impulse);
    expect(resample(new Float32Array(0), 16000, 48000)).toHaveLength(0);
    expect(resample(new Float32Array(1), 44100, 16000)).toHaveLength(1);
  });

  it("rejects rates and options it cannot use", () => {
    expect(() => resample(new Float32Array(4), 44100.5, 16000)).toThrow(/fromRate is 44100.5/);
    expect(() => resample(new Float32Array(4), 44100, 0)).toThrow(/toRate is 0/);
    expect(() => resample(new Float32Array(4), 2, 1, { rolloff: 1.5 })).toThrow(/rolloff/);
    expect(() => resample(new Float32Array(4), 2, 1, { lowpassFilterWidth: 0 })).toThrow(/lowpassFilterWidth/);
  });
});
