import { describe, expect, it } from "vitest";
import { testRandom } from "../fixtures/synthetic-sounds.js";
import { createFft, fft, ifft } from "./fft.js";
import { irfft, rfft } from "./real-fft.js";

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 30, 31, 64, 100, 128, 243, 400, 480, 441];

function naive(re: Float64Array, im: Float64Array) {
  const n = re.length;
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      const angle = (-2 * Math.PI * ((k * i) % n)) / n;
      out.re[k]! += re[i]! * Math.cos(angle) - im[i]! * Math.sin(angle);
      out.im[k]! += re[i]! * Math.sin(angle) + im[i]! * Math.cos(angle);
    }
  }
  return out;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

const noise = (n: number, seed: number) => {
  const random = testRandom(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

describe("fft", () => {
  it.each(LENGTHS)("equals the defining sum for %i points (1e-11·√n·n)", (n) => {
    const re = noise(n, n);
    const im = noise(n, n + 1000);
    const expected = naive(re, im);
    const actual = fft(re, im);
    const tolerance = 1e-12 * Math.sqrt(n) * Math.max(10, Math.log2(n));
    expect(largestDifference(actual.re, expected.re)).toBeLessThan(tolerance * 10);
    expect(largestDifference(actual.im, expected.im)).toBeLessThan(tolerance * 10);
    const back = ifft(actual.re, actual.im);
    expect(largestDifference(back.re, re)).toBeLessThan(1e-12);
    expect(largestDifference(back.im, im)).toBeLessThan(1e-12);
  });

  it.each(LENGTHS)("real transforms of %i points agree with complex ones and invert", (n) => {
    const signal = noise(n, n + 7);
    const whole = fft(signal);
    const half = rfft(signal);
    expect(half.re.length).toBe(Math.floor(n / 2) + 1);
    expect(largestDifference(half.re, whole.re.subarray(0, half.re.length))).toBeLessThan(1e-11 * Math.sqrt(n));
    expect(largestDifference(half.im, whole.im.subarray(0, half.re.length))).toBeLessThan(1e-11 * Math.sqrt(n));
    expect(largestDifference(irfft(half.re, half.im, n), signal)).toBeLessThan(1e-12);
  });

  it("keeps energy (Parseval) for long lengths of every kind", () => {
    for (const n of [4096, 10007, 44100, 65536]) {
      const signal = noise(n, 3);
      const { re, im } = fft(signal);
      let time = 0;
      let frequency = 0;
      for (let i = 0; i < n; i++) {
        time += signal[i]! ** 2;
        frequency += (re[i]! ** 2 + im[i]! ** 2) / n;
      }
      expect(Math.abs(frequency / time - 1)).toBeLessThan(1e-12);
    }
  });

  it("puts a cosine into its bin", () => {
    const { re, im } = rfft(Float64Array.from({ length: 48 }, (_, i) => Math.cos((2 * Math.PI * 5 * i) / 48)));
    expect(re[5]).toBeCloseTo(24, 10);
    expect(Math.hypot(re[6]!, im[6]!)).toBeLessThan(1e-12);
  });

  it("rejects a size that is no positive integer and arrays of another length", () => {
    expect(() => createFft(0)).toThrow(/FFT size is 0/);
    expect(() => createFft(2.5)).toThrow(/integer/);
    expect(() => createFft(8).forward(new Float64Array(7), new Float64Array(8))).toThrow(/size 8/);
    expect(() => irfft(new Float64Array(5), new Float64Array(5), 12)).toThrow(/needs 7/);
  });
});
