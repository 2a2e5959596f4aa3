/** Length, peak and fade of finished sound. */
import { describe, expect, it } from "vitest";
import { finishSound } from "./finish.js";

describe("the last touch", () => {
  it("leaves quiet sound alone, lowers loud sound as a whole, pads what is short", () => {
    const tone = (peak: number) => Float32Array.from({ length: 2400 }, (_, i) => peak * Math.sin(i));
    expect(finishSound([tone(0.5)], 24_000, 0.1).gainDb).toBe(0);
    const loud = finishSound([tone(4), tone(1)], 24_000, 0.1);
    const peakOf = (channel: Float32Array | undefined) => (channel as Float32Array).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(peakOf(loud.channels[0])).toBeCloseTo(10 ** (-1 / 20), 5);
    expect(peakOf(loud.channels[1]) / peakOf(loud.channels[0])).toBeCloseTo(0.25, 2);
    expect(finishSound([tone(0.5)], 24_000, 0.25).channels[0]?.length).toBe(6000);
    expect(finishSound([new Float32Array(10)], 24_000, 0.001).gainDb).toBe(0);
  });
});
