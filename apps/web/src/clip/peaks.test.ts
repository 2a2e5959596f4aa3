/** Peaks: every level tells the least and greatest sample, whatever the parts were. */
import { describe, expect, it } from "vitest";
import { createPeakBuilder, levelFor, PEAK_BYTES, peakBetween } from "./peaks.js";

const noise = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * i * 0.37) * (i / length));

describe("createPeakBuilder", () => {
  it("finds the extremes of every span on every level, from parts of any length and both channels", () => {
    const [left, right] = [noise(50_000), noise(50_000).map((value) => -value * 0.5)];
    const builder = createPeakBuilder(48_000, 50_000 / 48_000);
    for (const [from, to] of [
      [0, 7],
      [7, 12_345],
      [12_345, 50_000],
    ] as const)
      builder.add([left.subarray(from, to), right.subarray(from, to)]);
    builder.end();
    for (const { samplesPerPeak, values } of builder.peaks.levels)
      for (let i = 0; i < values.length / 2; i++) {
        const span = [
          ...left.subarray(i * samplesPerPeak, (i + 1) * samplesPerPeak),
          ...right.subarray(i * samplesPerPeak, (i + 1) * samplesPerPeak),
        ];
        expect(values[2 * i]).toBe(Math.min(...span));
        expect(values[2 * i + 1]).toBe(Math.max(...span));
      }
    expect(builder.peaks.ready).toBeCloseTo(50_000 / 48_000);
  });

  it("keeps two hours within the bytes that are allowed", () => {
    const { peaks } = createPeakBuilder(48_000, 7200);
    const bytes = peaks.levels.reduce((sum, { values }) => sum + values.byteLength, 0);
    expect(bytes).toBeLessThanOrEqual(PEAK_BYTES);
    expect(bytes).toBeGreaterThan(PEAK_BYTES / 8);
  });

  it("leaves out what is longer than it was said to be", () => {
    const builder = createPeakBuilder(100, 1);
    builder.add([new Float32Array(1000).fill(1)]);
    expect(builder.peaks.levels[0]?.values.length).toBe(4);
  });
});

describe("peakBetween", () => {
  it("covers a click between two pixels", () => {
    const samples = new Float32Array(48_000);
    samples[24_010] = 0.9;
    const builder = createPeakBuilder(48_000, 1);
    builder.add([samples]);
    const level = levelFor(builder.peaks, 48_000 / 100);
    expect(level?.samplesPerPeak).toBe(256);
    expect(peakBetween(level as never, 48_000, 0.5, 0.51)?.[1]).toBeCloseTo(0.9);
    expect(peakBetween(level as never, 48_000, 0.2, 0.3)).toEqual([0, 0]);
    expect(peakBetween(level as never, 48_000, 2, 3)).toBeUndefined();
  });
});
