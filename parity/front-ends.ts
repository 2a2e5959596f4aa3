/** From synthesised sounds to what the networks of the metrics are fed, by the spectrograms of the signal package. */
import { DESYNC_SEGMENT_SAMPLES, SYNCHFORMER_INPUT } from "@foley-control/metrics";
import { type MelSpectrogramOptions, melSpectrogram } from "@foley-control/signal";
import type { Numbers } from "./case.js";

/** VGGish: 25 ms magnitudes at 16 kHz. */
const VGGISH: MelSpectrogramOptions = {
  sampleRate: 16000,
  fftSize: 512,
  windowLength: 400,
  hop: 160,
  padding: "none",
  windowPlacement: "start",
  power: 1,
  bands: 64,
  minimumHz: 125,
  maximumHz: 7500,
  scale: "htk",
  norm: "none",
  triangles: "mel",
  logOffset: 0.01,
};
/** Frames of one of its examples. */
const EXAMPLE = 96;

/** PANNs at 16 kHz: decibels. */
const PANNS: MelSpectrogramOptions = {
  sampleRate: 16000,
  fftSize: 512,
  hop: 160,
  bands: 64,
  minimumHz: 50,
  maximumHz: 8000,
  logarithm: "decibel",
};

/** LAION-CLAP at 48 kHz: decibels. */
const CLAP: MelSpectrogramOptions = {
  sampleRate: 48000,
  fftSize: 1024,
  hop: 480,
  bands: 64,
  minimumHz: 50,
  maximumHz: 14000,
  logarithm: "decibel",
};

/** PaSST at 32 kHz: Kaldi's filters over symmetric windows. */
const PASST: MelSpectrogramOptions = {
  sampleRate: 32000,
  fftSize: 1024,
  windowLength: 800,
  periodic: false,
  hop: 320,
  bands: 128,
  minimumHz: 0,
  maximumHz: 15000,
  scale: "htk",
  norm: "none",
  triangles: "mel",
  logOffset: 1e-5,
};

/** Synchformer at 16 kHz: HTK's mel scale, heights of 1. */
const SYNCHFORMER: MelSpectrogramOptions = {
  sampleRate: 16000,
  fftSize: 1024,
  windowLength: 400,
  hop: 160,
  bands: SYNCHFORMER_INPUT.bands,
  minimumHz: 0,
  maximumHz: 8000,
  scale: "htk",
  norm: "none",
  logOffset: 1e-6,
};

/** Every row of sounds [batch, samples] through `apply`, one result below the other. */
function rows({ shape, data }: Numbers, apply: (samples: Float64Array) => Float64Array): Float32Array<ArrayBuffer> {
  const [batch, samples] = shape as readonly [number, number];
  const made = Array.from({ length: batch }, (_, row) =>
    apply(Float64Array.from(data.subarray(row * samples, (row + 1) * samples))),
  );
  const all = new Float32Array(made.reduce((total, one) => total + one.length, 0));
  for (const [row, one] of made.entries()) all.set(one, row * one.length);
  return all;
}

/** [batch, 1, frames, bands]. */
const framesOfBands = (wave: Numbers, options: MelSpectrogramOptions): Numbers => {
  const data = rows(wave, (samples) => melSpectrogram(samples, options).values);
  const bands = options.bands as number;
  const batch = wave.shape[0] as number;
  return { shape: [batch, 1, data.length / (batch * bands), bands], data };
};

/** [batch, 1, frames, 64] decibels for PANNs. */
export const pannsMel = (wave: Numbers): Numbers => framesOfBands(wave, PANNS);
/** [batch, 1, frames, 64] decibels for LAION-CLAP. */
export const clapMel = (wave: Numbers): Numbers => framesOfBands(wave, CLAP);

/** [batch·pieces, 1, 96, 64] for VGGish; what does not fill a piece is dropped. */
export function vggishMel(wave: Numbers): Numbers {
  const data = rows(wave, (samples) => {
    const { frames, bands, values } = melSpectrogram(samples, VGGISH);
    return values.subarray(0, Math.floor(frames / EXAMPLE) * EXAMPLE * bands) as Float64Array;
  });
  return { shape: [data.length / (EXAMPLE * 64), 1, EXAMPLE, 64], data };
}

/** [batch, 1, 128, 1000] for PaSST. */
export function passtMel(wave: Numbers): Numbers {
  const data = rows(wave, (samples) => {
    const bent = samples.slice(1).map((value, i) => value - 0.97 * (samples[i] as number));
    const { frames, bands, values } = melSpectrogram(bent, PASST);
    return Float64Array.from(values, (_, i) => ((values[(i % frames) * bands + Math.floor(i / frames)] as number) + 4.5) / 5);
  });
  return { shape: [wave.shape[0] as number, 1, 128, data.length / ((wave.shape[0] as number) * 128)], data };
}

/** [batch·segments, 1, 128, 66] for Synchformer: every segment is a sound of its own, then padded with zeros. */
export function synchformerMel(wave: Numbers): Numbers {
  const { length, step } = DESYNC_SEGMENT_SAMPLES;
  const { bands, melFrames } = SYNCHFORMER_INPUT;
  const data = rows(wave, (samples) => {
    const segments = Math.floor((samples.length - length) / step) + 1;
    const all = new Float64Array(segments * bands * melFrames).fill(4.2677393 / (2 * 4.5689974));
    for (let segment = 0; segment < segments; segment++) {
      const { values } = melSpectrogram(samples.subarray(segment * step, segment * step + length), SYNCHFORMER);
      values.forEach((value, i) => {
        const at = (segment * bands + (i % bands)) * melFrames + Math.floor(i / bands);
        all[at] = (value + 4.2677393) / (2 * 4.5689974);
      });
    }
    return all;
  });
  return { shape: [data.length / (bands * melFrames), 1, bands, melFrames], data };
}
