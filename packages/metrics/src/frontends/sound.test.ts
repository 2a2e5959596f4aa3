/** From files' channels to the one channel that a network hears. */
import { describe, expect, it } from "vitest";
import { centredMono, endToEnd, padded, plainMono, repeated, tiled } from "./sound.js";

const tones = (rate: number) => Float32Array.from({ length: rate }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / rate));

describe("loaders", () => {
  const stereo = { channels: [Float32Array.of(1, 1, 1, 1), Float32Array.of(0, 0.5, 0, 0.5)], sampleRate: 16000 };

  it("mix, centre, resample and cut", () => {
    expect([...centredMono(stereo, 16000)]).toEqual([-0.125, 0.125, -0.125, 0.125]);
    expect([...plainMono(stereo, 3 / 16000)]).toEqual([0.5, 0.75, 0.5]);
    expect(centredMono({ channels: [tones(44100)], sampleRate: 44100 }, 16000, 0.5)).toHaveLength(8000);
    expect(() => plainMono(stereo, 1)).toThrow(/4 samples at 16000 Hz; expected 16000 for 1 s/);
  });

  it("put channels one after the other for MS-CLAP", () => {
    expect([...endToEnd(stereo, 16000, 6)]).toEqual([1, 1, 1, 1, 0, 0.5]);
    expect([...endToEnd(stereo, 16000, 20)]).toEqual([1, 1, 1, 1, 0, 0.5, 0, 0.5]);
    expect([...endToEnd(stereo, 16000, 3)]).toEqual([1, 1, 1]);
    const both = endToEnd({ channels: [tones(22050), tones(22050)], sampleRate: 22050 }, 44100, 1e6);
    expect([...both.subarray(44100)]).toEqual([...both.subarray(0, 44100)]);
    expect(() => endToEnd({ channels: [], sampleRate: 16000 }, 16000, 6)).toThrow(/no samples/);
  });

  it("fill up with zeros, copies, or copies and zeros", () => {
    const short = Float32Array.of(1, 2, 3);
    expect([...padded(short, 5)]).toEqual([1, 2, 3, 0, 0]);
    expect([...tiled(short, 5)]).toEqual([1, 2, 3, 1, 2]);
    expect([...repeated(short, 8)]).toEqual([1, 2, 3, 1, 2, 3, 0, 0]);
    for (const fill of [padded, tiled, repeated]) {
      expect([...fill(short, 2)]).toEqual([1, 2]);
      expect([...fill(new Float32Array(0), 2)]).toEqual([0, 0]);
    }
  });

  it("reject sounds without samples, of uneven channels, not finite", () => {
    const load =
      (...channels: Float32Array[]) =>
      () =>
        centredMono({ channels, sampleRate: 16000 }, 16000);
    expect(load()).toThrow(/no samples/);
    expect(load(Float32Array.of(1, 2), Float32Array.of(1))).toThrow(/Channel 1 has 1 samples; the first has 2/);
    expect(load(Float32Array.of(0, Number.NaN))).toThrow(/Sample 1 of channel 0 is NaN/);
  });
});
