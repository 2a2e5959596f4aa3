import { describe, expect, it } from "vitest";
import { createLimiter, limitTruePeak, truePeak } from "./index.js";

const RATE = 48_000;
const tone = (frequency: number, amplitude: number, seconds = 0.5): Float32Array =>
  Float32Array.from({ length: seconds * RATE }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / RATE + 0.7));

describe("limitTruePeak", () => {
  it("gives back what needs no limit, itself", () => {
    const channels = [tone(440, 0.5)];
    expect(limitTruePeak(channels, RATE)).toEqual({ channels, reductionDb: 0 });
    expect(limitTruePeak(channels, RATE).channels).toBe(channels);
  });
  it("holds the true peak of clicks, of tones and of peaks between samples", () => {
    const clicks = new Float32Array(RATE);
    for (const at of [0, 100, 24_000, RATE - 1]) clicks[at] = at % 200 ? -1.367 : 1.367;
    for (const channels of [[clicks], [tone(12_000, 1.2)], [tone(997, 3), tone(15_000, 0.9)]]) {
      const { channels: limited, reductionDb } = limitTruePeak(channels, RATE);
      expect(truePeak(limited, RATE)).toBeLessThanOrEqual(-1);
      expect(Math.abs(reductionDb - truePeak(channels, RATE) - 1)).toBeLessThan(0.3);
    }
  });
  it("leaves what is ten milliseconds from a peak as it was, and turns all channels down alike", () => {
    const loud = tone(440, 0.3, 1);
    for (let i = 24_000; i < 24_010; i++) loud[i] = 1.5;
    const quiet = tone(1000, 0.2, 1);
    const { channels } = limitTruePeak([loud, quiet], RATE);
    const [a, b] = channels as [Float32Array, Float32Array];
    expect(a.subarray(0, 23_500)).toEqual(loud.subarray(0, 23_500));
    expect(a.subarray(24_520)).toEqual(loud.subarray(24_520));
    const ratio = (b[24_003] as number) / (quiet[24_003] as number);
    expect(ratio).toBeLessThan(0.7);
    expect((a[24_003] as number) / 1.5).toBeCloseTo(ratio, 6);
  });
  it("gives the same samples however the sound is cut into blocks", () => {
    const loud = tone(997, 1.4, 1);
    for (let i = 20_000; i < 30_000; i++) loud[i] = 0.1;
    const whole = limitTruePeak([loud], RATE).channels[0] as Float32Array;
    for (const size of [311, 4800, 30_001]) {
      const limiter = createLimiter(1, RATE);
      const out: number[] = [];
      for (let at = 0; at < loud.length; at += size)
        for (const x of limiter.push([loud.subarray(at, at + size)])[0] as Float32Array) out.push(x);
      for (const x of limiter.finish()[0] as Float32Array) out.push(x);
      expect(Float32Array.from(out)).toEqual(whole);
    }
  });
});
