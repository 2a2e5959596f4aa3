/** Every function of the package as a careless caller of JavaScript uses it: turned round, with a list for a sound, with a value for the options. */
import { expect, it } from "vitest";
import { carelessCalls } from "../../core/src/careless.test-support.js";
import * as signal from "./index.js";

const samples = Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i / 5));
const spectra = signal.stft(samples);
/** A call of each function that works. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  applyGain: [[samples], -6],
  bicubicResize: [new Uint8Array(12), 2, 2, 4, 4],
  bilinearResize: [new Uint8Array(12), 2, 2, 4, 4],
  createFft: [8],
  createLimiter: [1, 24_000, -1],
  createLoudnessMeter: [1, 24_000],
  createRealFft: [8],
  createResampleStream: [48_000, 24_000],
  createResampler: [48_000, 24_000],
  createWindow: ["hann", 8],
  crossCorrelationLag: [samples.slice(0, 50), samples.slice(0, 50), 3],
  detectOnsets: [samples, 24_000, {}],
  detectOnsetsInParts: [{ sampleRate: 24_000, length: 4800, read: async (from: number, to: number) => samples.slice(from, to) }],
  envelope: [samples, 24_000, 0.01, {}],
  fadeIn: [samples, 24_000, 0.1],
  fadeOut: [samples, 24_000, 0.1],
  fft: [
    [1, 2],
    [0, 0],
  ],
  ifft: [
    [1, 2],
    [0, 0],
  ],
  irfft: [[1, 0, 1], [0, 0, 0], 4],
  istft: [spectra, 4800, {}],
  limitTruePeak: [[samples], 24_000, -1],
  loudness: [[samples], 24_000, {}],
  matchOnsets: [[1], [1], 0.1, {}],
  melFilterbank: [{ sampleRate: 24_000, fftSize: 512 }],
  melSpectrogram: [samples, { sampleRate: 24_000, fftSize: 512 }],
  mergeOnsets: [[1, 2], 0.1],
  normaliseLoudness: [[samples], 24_000, -23, {}],
  normalisePeak: [[samples], -1],
  onsetStrength: [samples, 24_000, {}],
  poolOnsetScores: [[signal.matchOnsets([1], [1])]],
  resample: [samples, 24_000, 12_000, {}],
  rfft: [[1, 2, 3, 4], 4],
  spectrogram: [samples, {}],
  stft: [samples, {}],
  stretchFrames: [new Float32Array(6), 3, 2, 5],
  truePeak: [[samples], 24_000],
};

it("is told which argument is wrong, what it is, and what to do", async () => {
  const functions = Object.entries(signal).filter(([name, value]) => typeof value === "function" && !/ToHertz|ToMel/.test(name));
  expect(Object.keys(CALLS)).toEqual(functions.map(([name]) => name).sort());
  const failures: string[] = [];
  for (const [name, call] of functions)
    failures.push(...(await carelessCalls(name, call as never, CALLS[name] as readonly unknown[])));
  expect(failures).toEqual([]);
});

it.each([
  [
    () => signal.detectOnsets(24_000 as never, samples as never),
    /^samples is 24000; .*Pass the samples first, then the sample rate/,
  ],
  [
    () => signal.loudness(samples as never, 48_000),
    /^channels is a Float32Array of 4800 values; .*list of channels\. Pass \[samples\]/,
  ],
  [() => signal.detectOnsets([samples] as never, 48_000), /^samples is a list of 1; .*Pass one of the channels/],
  [() => signal.resample(new Int16Array(4) as never, 2, 1), /^samples is an Int16Array of 4 values; .*32768/],
  [() => signal.matchOnsets(signal.detectOnsets(samples, 24_000) as never, [1]), /^detected is an object with times.*\.times/],
  [() => signal.melSpectrogram(samples, 24_000 as never), /^options is 24000; .*sampleRate/],
  [() => signal.createWindow("gauss" as never, 8), /^name is "gauss"; expected one of hann/],
  [() => signal.envelope(samples, samples as never), /^sampleRate is a Float32Array of 4800 values; expected/],
] as const)("%s", (call, message) => {
  expect(call).toThrow(message);
});
