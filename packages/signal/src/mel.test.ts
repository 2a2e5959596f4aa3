/** Mel scales and their edges; seven front-ends of published networks are checked by the golden cases. */
import { describe, expect, it } from "vitest";
import { hertzToMel, melFilterbank, melSpectrogram, melToHertz } from "./mel.js";

it("turns digital silence into the floor", () => {
  const { values } = melSpectrogram(new Float32Array(1600), {
    sampleRate: 16000,
    fftSize: 512,
    hop: 160,
    bands: 64,
    minimumHz: 50,
    maximumHz: 8000,
    logarithm: "decibel",
  });
  expect(values.every((x) => Math.abs(x + 100) < 1e-9)).toBe(true);
});

describe("mel scales", () => {
  it("have their published values and invert", () => {
    expect(hertzToMel(1000, "htk")).toBeCloseTo(999.9855371, 6);
    expect(hertzToMel(8000, "htk")).toBeCloseTo(2840.0230467, 6);
    expect(hertzToMel(50, "slaney")).toBeCloseTo(0.75, 12);
    expect(hertzToMel(14000, "slaney")).toBeCloseTo(53.38529604, 7);
    for (const scale of ["htk", "slaney"] as const) {
      for (const hertz of [0, 40, 999, 1000, 7000]) expect(melToHertz(hertzToMel(hertz, scale), scale)).toBeCloseTo(hertz, 8);
    }
  });

  it("rejects edges outside the spectrum", () => {
    expect(() => melFilterbank({ sampleRate: 16000, fftSize: 512, maximumHz: 9000 })).toThrow(/maximumHz is 9000/);
    expect(() => melFilterbank({ sampleRate: 16000, fftSize: 512, minimumHz: 900, maximumHz: 800 })).toThrow(/minimumHz is 900/);
  });
});
