import { describe, expect, it } from "vitest";
import { testRandom } from "../fixtures/synthetic-sounds.js";
import { istft, type StftOptions, spectrogram, stft } from "./stft.js";
import { createWindow } from "./windows.js";

const largestDifference = (a: Float64Array, b: Float64Array): number => {
  expect(a).toHaveLength(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0);
};

const random = testRandom(4);
const noise = Float64Array.from({ length: 5003 }, () => random.normal());

describe("stft", () => {
  const cases: StftOptions[] = [
    {},
    { fftSize: 512, hop: 128, padding: "zero" },
    { fftSize: 512, windowLength: 400, hop: 160 },
    { fftSize: 480, hop: 120, window: "hamming" },
    { fftSize: 500, hop: 250, window: "rectangular" },
    { fftSize: 256, hop: 32, window: "kaiser" },
  ];
  it.each(cases)("reconstructs exactly with %o (1e-10)", (options) => {
    const spectra = stft(noise, options);
    const size = options.fftSize ?? 1024;
    // Samples past the last frame's centre are covered by fewer windows; the last quarter window is left out.
    const back = istft(spectra, noise.length, options);
    const end = noise.length - size / 2;
    expect(largestDifference(back.subarray(0, end), noise.subarray(0, end))).toBeLessThan(1e-10);
  });

  it("reconstructs the inside of uncentred frames", () => {
    const options = { fftSize: 256, hop: 64, padding: "none" } as const;
    const back = istft(stft(noise, options), noise.length, options);
    expect(largestDifference(back.subarray(64, 4864), noise.subarray(64, 4864))).toBeLessThan(1e-10);
  });

  it("counts frames as torch.stft and Kaldi do", () => {
    expect(stft(new Float32Array(16000), { fftSize: 512, hop: 160 }).frames).toBe(101);
    expect(stft(new Float32Array(16000), { fftSize: 512, hop: 160, padding: "none" }).frames).toBe(97);
    expect(
      stft(new Float32Array(32000), { fftSize: 512, windowLength: 400, hop: 160, padding: "none", windowPlacement: "start" })
        .frames,
    ).toBe(198);
    expect(stft(new Float32Array(100), { fftSize: 512, padding: "none" }).frames).toBe(0);
  });

  it("measures a sine: power (A·Σw/2)² at its bin", () => {
    const sine = Float64Array.from({ length: 4096 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 32 * i) / 512));
    const { bins, values } = spectrogram(sine, { fftSize: 512, hop: 256, padding: "none" });
    expect(values[3 * bins + 32]).toBeCloseTo((0.5 * 128) ** 2, 6);
    const magnitude = spectrogram(sine, { fftSize: 512, hop: 256, padding: "none", power: 1 });
    expect(magnitude.values[32]).toBeCloseTo(64, 8);
  });

  it("rejects contradictory options and signals too short to reflect", () => {
    expect(() => stft(noise, { fftSize: 256, windowLength: 300 })).toThrow(/windowLength is 300/);
    expect(() => stft(noise, { windowPlacement: "start" })).toThrow(/padding/);
    expect(() => stft(new Float32Array(100))).toThrow(/cannot be reflected/);
    expect(() => istft(stft(noise), 100, { fftSize: 512 })).toThrow(/513 bins/);
  });
});

describe("createWindow", () => {
  it("gives periodic and symmetric shapes", () => {
    expect([...createWindow("hann", 4)]).toEqual([0, 0.5, 1, 0.5].map((x) => expect.closeTo(x, 12)));
    expect([...createWindow("hann", 5, { periodic: false })]).toEqual([0, 0.5, 1, 0.5, 0].map((x) => expect.closeTo(x, 12)));
    const kaiser = createWindow("kaiser", 65, { periodic: false, beta: 8 });
    expect(kaiser[32]).toBe(1);
    // 1/I0(8), I0(8) = 427.5641157 (Abramowitz & Stegun, table 9.11).
    expect(kaiser[0]).toBeCloseTo(1 / 427.5641157218, 12);
    expect(createWindow("hann", 1)[0]).toBeGreaterThan(0 - 1e-12);
  });
});
