import { describe, expect, it } from "vitest";
import { fixtureWave, largestDifference, readFixture, relativeDifference } from "../fixtures/fixture-files.js";
import { hertzToMel, type MelSpectrogramOptions, melFilterbank, melSpectrogram, melToHertz } from "./mel.js";

const golden = readFixture("mel.safetensors");

const panns = {
  sampleRate: 16000,
  fftSize: 512,
  hop: 160,
  bands: 64,
  minimumHz: 50,
  maximumHz: 8000,
  logarithm: "decibel",
} as const;
const clap = { fftSize: 1024, bands: 64, minimumHz: 50, maximumHz: 14000, logarithm: "decibel" } as const;
const kaldi = { scale: "htk", norm: "none", triangles: "mel", periodic: false } as const;

/** Every 8th frame [frames × bands]; filters with the stride of the golden file. */
const cases: [string, number, number, number, MelSpectrogramOptions, number][] = [
  ["panns16k", 16000, 24000, 1, panns, 2e-3],
  ["laion48k", 48000, 48000, 2, { ...clap, sampleRate: 48000, hop: 480 }, 2e-3],
  ["msclap", 32000, 44100, 3, { ...clap, sampleRate: 32000, hop: 320 }, 2e-3],
  [
    "vggish",
    16000,
    24000,
    1,
    {
      sampleRate: 16000,
      fftSize: 512,
      windowLength: 400,
      hop: 160,
      bands: 64,
      minimumHz: 125,
      maximumHz: 7500,
      scale: "htk",
      norm: "none",
      triangles: "mel",
      padding: "none",
      windowPlacement: "start",
      power: 1,
      logOffset: 0.01,
    },
    1e-5,
  ],
];

describe("melSpectrogram against the reference front-ends", () => {
  it.each(cases)("%s", (name, rate, length, kind, options, tolerance) => {
    const { frames, bands, values } = melSpectrogram(fixtureWave(rate, length, 1, kind), options);
    const rows: number[] = [];
    for (let frame = 0; frame < frames; frame += 8) rows.push(...values.subarray(frame * bands, (frame + 1) * bands));
    expect(largestDifference(rows, golden[name]!.data)).toBeLessThan(tolerance);
    expect(relativeDifference(rows, golden[name]!.data)).toBeLessThan(1e-5);
    // The golden matrix is [bins × bands], every 6th value (PANNs, CLAP, VGGish alike).
    const bank = melFilterbank(options);
    const dense = bank.dense();
    const transposed = Float64Array.from(dense, (_, i) => dense[(i % bank.bands) * bank.bins + Math.floor(i / bank.bands)]!);
    expect(
      largestDifference(
        transposed.filter((_, i) => i % 6 === 0),
        golden[`${name}.filters`]!.data,
      ),
    ).toBeLessThan(1e-5);
  });

  const columns = (values: Float64Array, frames: number, bands: number) => {
    const out: number[] = [];
    for (let b = 0; b < bands; b++) for (let frame = 0; frame < frames; frame += 8) out.push(values[frame * bands + b]!);
    return out;
  };

  it("passt: pre-emphasis, symmetric window in a longer transform, Kaldi filters (2e-4)", () => {
    const wave = fixtureWave(32000, 40000, 1, 3);
    const emphasised = Float64Array.from({ length: wave.length - 1 }, (_, i) => wave[i + 1]! - 0.97 * wave[i]!);
    const { frames, bands, values } = melSpectrogram(emphasised, {
      ...kaldi,
      sampleRate: 32000,
      fftSize: 1024,
      windowLength: 800,
      hop: 320,
      maximumHz: 15000,
      logOffset: 1e-5,
    });
    const scaled = columns(values, frames, bands).map((x) => (x + 4.5) / 5);
    expect(largestDifference(scaled, golden.passt!.data)).toBeLessThan(2e-4);
  });

  it("synchformer: HTK filters with flanks straight in Hz (5e-4)", () => {
    const wave = fixtureWave(16000, 25700, 1, 2).subarray(0, 10240);
    const options = {
      sampleRate: 16000,
      fftSize: 1024,
      windowLength: 400,
      hop: 160,
      scale: "htk",
      norm: "none",
      logOffset: 1e-6,
    } as const;
    const { frames, bands, values } = melSpectrogram(wave, options);
    expect([frames, bands]).toEqual([65, 128]);
    expect(largestDifference(columns(values, frames, bands), golden.synchformer!.data)).toBeLessThan(5e-4);
  });

  it("imagebind: Kaldi fbank with per-frame mean removal and pre-emphasis (5e-4)", () => {
    const wave = fixtureWave(16000, 32000, 1, 4);
    const mean = wave.reduce((sum, x) => sum + x, 0) / wave.length;
    const { frames, bands, values } = melSpectrogram(
      wave.map((x) => x - mean),
      {
        ...kaldi,
        sampleRate: 16000,
        fftSize: 512,
        windowLength: 400,
        hop: 160,
        minimumHz: 20,
        padding: "none",
        windowPlacement: "start",
        removeFrameMean: true,
        framePreemphasis: 0.97,
        logFloor: 1.1920928955078125e-7,
      },
    );
    expect([frames, bands]).toEqual([198, 128]);
    const rows: number[] = [];
    for (let frame = 0; frame < frames; frame += 8) rows.push(...values.subarray(frame * bands, (frame + 1) * bands));
    expect(largestDifference(rows, golden.imagebind!.data)).toBeLessThan(5e-4);
  });

  it("turns digital silence into the floor", () => {
    const { values } = melSpectrogram(new Float32Array(1600), panns);
    expect(values.every((x) => Math.abs(x + 100) < 1e-9)).toBe(true);
  });
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
