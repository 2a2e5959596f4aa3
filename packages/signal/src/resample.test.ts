import { describe, expect, it } from "vitest";
import { fixtureWave, largestDifference, readFixture, relativeDifference } from "../fixtures/fixture-files.js";
import { createResampler, HIGH_QUALITY_RESAMPLING, resample } from "./resample.js";

const golden = readFixture("resample.safetensors");
const every = (values: Float32Array, step: number) => values.filter((_, i) => i % step === 0);

describe("resample against torchaudio (2e-6)", () => {
  it.each([
    [48000, 16000, 24000, 0],
    [44100, 16000, 22050, 1],
    [44100, 32000, 13230, 2],
    [44100, 48000, 13230, 3],
    [22050, 16000, 11025, 4],
    [16000, 32000, 8000, 5],
    [16000, 48000, 8000, 6],
  ])("%i → %i Hz", (from, to, length, kind) => {
    const wave = fixtureWave(from, length, 1, kind);
    const output = resample(wave, from, to);
    expect(output).toHaveLength(Math.ceil((length * to) / from));
    const expected = golden[`transform.${from}to${to}`]!.data;
    expect(largestDifference(every(output, 8), expected)).toBeLessThan(2e-6);
    expect(relativeDifference(every(output, 8), expected)).toBeLessThan(2e-6);
    const functional = resample(wave, from, to, { kernelPrecision: "float32" }).subarray(0, 256);
    expect(largestDifference(functional, golden[`functional.${from}to${to}`]!.data)).toBeLessThan(2e-6);
  });

  it("3 → 2 on a ramp", () => {
    const ramp = Float32Array.from({ length: 12 }, (_, i) => i);
    expect(largestDifference(resample(ramp, 3, 2), golden["transform.3to2"]!.data)).toBeLessThan(2e-6);
    expect(largestDifference(resample(ramp, 3, 2, { kernelPrecision: "float32" }), golden["functional.3to2"]!.data)).toBeLessThan(
      2e-6,
    );
  });

  it("has bit-equal kernels", () => {
    expect(createResampler(3, 2).kernel()).toEqual(golden["kernel.3to2"]!.data);
    expect(createResampler(48000, 16000).kernel()).toEqual(golden["kernel.48000to16000"]!.data);
    expect(every(createResampler(44100, 16000).kernel(), 11)).toEqual(golden["kernel.44100to16000"]!.data);
    expect(every(createResampler(44100, 32000).kernel(), 17)).toEqual(golden["kernel.44100to32000"]!.data);
    expect(every(createResampler(44100, 48000).kernel(), 11)).toEqual(golden["kernel.44100to48000"]!.data);
  });
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
