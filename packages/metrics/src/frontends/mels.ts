/**
 * What the networks of the metrics are fed: seven log-mel front-ends, each as the network's own code has it. All take one channel at the
 * network's rate (see `centredMono` and `plainMono`) and give a float32 tensor that the network's graph takes as it is. They run here
 * and not in a graph, for |STFT|² leaves the range of float16.
 */
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { type MelSpectrogram, type MelSpectrogramOptions, melSpectrogram, resample, type Samples } from "@foley-control/signal";
import { checkSound, type Sound } from "./sound.js";

/** Kaldi's filters: the flanks are straight in mel, and none has an area of 1. */
const KALDI = { scale: "htk", norm: "none", triangles: "mel" } as const;

/** VGGish: magnitudes of 25 ms at 16 kHz. */
export const VGGISH_MEL = {
  ...KALDI,
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
  logOffset: 0.01,
} as const satisfies MelSpectrogramOptions;

/** PANNs CNN14 at 16 kHz: decibels. */
export const PANNS_MEL = {
  sampleRate: 16000,
  fftSize: 512,
  hop: 160,
  bands: 64,
  minimumHz: 50,
  maximumHz: 8000,
  logarithm: "decibel",
} as const satisfies MelSpectrogramOptions;

/** LAION-CLAP at 48 kHz: decibels. */
export const CLAP_MEL = {
  sampleRate: 48000,
  fftSize: 1024,
  hop: 480,
  bands: 64,
  minimumHz: 50,
  maximumHz: 14000,
  logarithm: "decibel",
} as const satisfies MelSpectrogramOptions;

/** MS-CLAP: its filters and hop are those of 32 kHz although the sound that it hears has 44.1 kHz. */
export const MS_CLAP_MEL = { ...CLAP_MEL, sampleRate: 32000, hop: 320 } as const satisfies MelSpectrogramOptions;
/** Hz of the sound that MS-CLAP hears. */
export const MS_CLAP_SAMPLE_RATE = 44100;

/** PaSST at 32 kHz. */
export const PASST_MEL = {
  ...KALDI,
  sampleRate: 32000,
  fftSize: 1024,
  windowLength: 800,
  periodic: false,
  hop: 320,
  bands: 128,
  minimumHz: 0,
  maximumHz: 15000,
  logOffset: 1e-5,
} as const satisfies MelSpectrogramOptions;
/** Samples that PaSST hears: 10 s. */
export const PASST_SAMPLES = 320000;

/** ImageBind's sound at 16 kHz: Kaldi's filterbank features. */
export const IMAGEBIND_MEL = {
  ...KALDI,
  sampleRate: 16000,
  fftSize: 512,
  windowLength: 400,
  periodic: false,
  hop: 160,
  padding: "none",
  windowPlacement: "start",
  removeFrameMean: true,
  framePreemphasis: 0.97,
  bands: 128,
  minimumHz: 20,
  maximumHz: 8000,
  logFloor: 1.1920928955078125e-7,
} as const satisfies MelSpectrogramOptions;

/** Synchformer's sound at 16 kHz. */
export const SYNCHFORMER_MEL = {
  sampleRate: 16000,
  fftSize: 1024,
  windowLength: 400,
  hop: 160,
  bands: 128,
  minimumHz: 0,
  maximumHz: 8000,
  scale: "htk",
  norm: "none",
  logOffset: 1e-6,
} as const satisfies MelSpectrogramOptions;

const PREEMPHASIS = 0.97;

/**
 * Examples of 0.96 s for VGGish [pieces, 1, 96, 64]; what does not fill an example at the end is left out.
 *
 * @param samples - One channel at 16 kHz.
 */
export function vggishMel(samples: Samples, options: MelSpectrogramOptions = VGGISH_MEL, frames = 96): PlainTensor<"float32"> {
  const mel = melSpectrogram(samples, options);
  const pieces = Math.floor(mel.frames / frames);
  return tensor([pieces, 1, frames, mel.bands], mel.values.subarray(0, pieces * frames * mel.bands));
}

/**
 * Frames for PANNs [1, 1, frames, 64] in decibels.
 *
 * @param samples - One channel at 16 kHz, longer than half a transform.
 * @throws FoleyError `invalid-argument` for a shorter one.
 */
export function pannsMel(samples: Samples, options: MelSpectrogramOptions = PANNS_MEL): PlainTensor<"float32"> {
  const { frames, bands, values } = melSpectrogram(samples, options);
  return tensor([1, 1, frames, bands], values);
}

/**
 * Frames for LAION-CLAP [1, 1, frames, 64] in decibels.
 *
 * @param samples - One channel at 48 kHz, `repeated` to 10 s.
 */
export function clapMel(samples: Samples, options: MelSpectrogramOptions = CLAP_MEL): PlainTensor<"float32"> {
  return pannsMel(samples, options);
}

/**
 * Frames for MS-CLAP [1, 1, frames, 64] in decibels.
 *
 * @param samples - One channel at 44.1 kHz, `tiled` to 7 s.
 */
export function msClapMel(samples: Samples, options: MelSpectrogramOptions = MS_CLAP_MEL): PlainTensor<"float32"> {
  return pannsMel(samples, options);
}

/**
 * Bands for PaSST [1, 1, 128, frames].
 *
 * @param samples - One channel at 32 kHz, `padded` to {@link PASST_SAMPLES}.
 */
export function passtMel(samples: Samples, options: MelSpectrogramOptions = PASST_MEL): PlainTensor<"float32"> {
  const bent = new Float64Array(Math.max(0, samples.length - 1));
  for (let i = 0; i < bent.length; i++) bent[i] = samples[i + 1]! - PREEMPHASIS * samples[i]!;
  const mel = melSpectrogram(bent, options);
  return tensor(
    [1, 1, mel.bands, mel.frames],
    transposed(mel, mel.frames, 0, (x) => (x + 4.5) / 5),
  );
}

/** How ImageBind's sound is cut and scaled. */
export interface ImagebindSoundOptions {
  /** Front-end. Default {@link IMAGEBIND_MEL}. */
  readonly mel?: MelSpectrogramOptions;
  /** Clips that are taken. Default 3. */
  readonly clips?: number;
  /** Seconds of a clip. Default 2. */
  readonly clipSeconds?: number;
  /** Frames that a clip is filled up to. Default 204. */
  readonly frames?: number;
  /** Mean of the training set. */
  readonly mean?: number;
  /** What the numbers are divided by: twice the standard deviation of the training set. */
  readonly deviation?: number;
}

/**
 * First and one past the last sample of each clip that ImageBind hears: of 2 s, evenly from the start to the end. Clips of a sound below
 * 6 s overlap.
 *
 * @throws FoleyError `invalid-argument` for a sound shorter than one clip.
 */
export function imagebindClips(samples: number, options: ImagebindSoundOptions = {}): readonly (readonly [number, number])[] {
  const { mel: { sampleRate } = IMAGEBIND_MEL, clips = 3, clipSeconds = 2 } = options;
  const length = clipSeconds * sampleRate;
  if (samples < length)
    throw new FoleyError(
      "invalid-argument",
      `${samples} samples at ${sampleRate} Hz are shorter than a clip of ${clipSeconds} s.`,
      {
        hint: "ImageBind's score needs sounds of at least that length; leave the clip out.",
      },
    );
  return Array.from({ length: clips }, (_, k) => {
    const from = clips > 1 ? Math.floor((k * (samples - length)) / (clips - 1)) : 0;
    return [from, from + length] as const;
  });
}

/**
 * Clips for ImageBind [3, 1, 128, 204]: of each the mean over all channels is taken off and the first channel is heard, which for stereo is
 * the left one. The whole sound counts, however long, as in av-benchmark; zeros are added after the logarithm.
 *
 * @throws FoleyError `invalid-argument` for a sound that is shorter than a clip, without samples or not finite.
 */
export function imagebindMel(sound: Sound, options: ImagebindSoundOptions = {}): PlainTensor<"float32"> {
  const { mel: front = IMAGEBIND_MEL, frames = 204, mean = -4.268, deviation = 9.138 } = options;
  checkSound(sound.channels);
  const channels = sound.channels.map((channel) =>
    resample(channel, sound.sampleRate, front.sampleRate, { kernelPrecision: "float32" }),
  );
  const clips = imagebindClips(channels[0]!.length, options);
  const bands = front.bands ?? 0;
  const values = new Float64Array(clips.length * bands * frames);
  for (const [index, [from, to]] of clips.entries()) {
    const mel = imagebindFilterbank(
      channels.map((channel) => channel.subarray(from, to)),
      front,
    );
    values.set(
      transposed(mel, frames, 0, (x) => (x - mean) / deviation),
      index * bands * frames,
    );
  }
  return tensor([clips.length, 1, bands, frames], values);
}

/** Filterbank features of one clip's first channel, the mean over all of its channels taken off. */
export function imagebindFilterbank(
  channels: readonly Samples[],
  options: MelSpectrogramOptions = IMAGEBIND_MEL,
): MelSpectrogram {
  let mean = 0;
  for (const channel of channels) for (const sample of channel) mean += sample / (channels.length * channel.length);
  return melSpectrogram(
    Float64Array.from(channels[0]!, (sample) => sample - mean),
    options,
  );
}

/** How Synchformer's sound is cut and scaled. */
export interface SynchformerSoundOptions {
  /** Front-end. Default {@link SYNCHFORMER_MEL}. */
  readonly mel?: MelSpectrogramOptions;
  /** Samples of a segment. Default 10240. */
  readonly segment?: number;
  /** Samples from one segment to the next. Default 5120. */
  readonly step?: number;
  /** Frames that a segment is filled up to. Default 66. */
  readonly frames?: number;
  /** Mean of the training set. */
  readonly mean?: number;
  /** Half of what the numbers are divided by: the standard deviation of the training set. */
  readonly deviation?: number;
}

/**
 * Segments for Synchformer [segments, 1, 128, 66]. Each segment has its own transform, reflected at both of its ends.
 *
 * @param samples - One channel at 16 kHz.
 * @throws FoleyError `invalid-argument` for a sound shorter than one segment.
 */
export function synchformerMel(samples: Samples, options: SynchformerSoundOptions = {}): PlainTensor<"float32"> {
  const { mel: front = SYNCHFORMER_MEL, segment = 10240, step = 5120, frames = 66 } = options;
  const { mean = -4.2677393, deviation = 4.5689974 } = options;
  const segments = Math.floor((samples.length - segment) / step) + 1;
  if (segments < 1)
    throw new FoleyError("invalid-argument", `${samples.length} samples are shorter than one segment of ${segment}.`, {
      hint: "Synchformer needs at least that much sound; leave the clip out.",
    });
  const bands = front.bands ?? 0;
  const values = new Float64Array(segments * bands * frames);
  for (let index = 0; index < segments; index++) {
    const mel = melSpectrogram(samples.subarray(index * step, index * step + segment), front);
    values.set(
      transposed(mel, frames, 0, (x) => (x - mean) / (2 * deviation)),
      index * bands * frames,
    );
  }
  return tensor([segments, 1, bands, frames], values);
}

/** [bands × toFrames] of frames; frames that are missing have the value `fill` before `change`. */
function transposed(
  { frames, bands, values }: MelSpectrogram,
  toFrames: number,
  fill: number,
  change: (value: number) => number,
): Float64Array {
  const out = new Float64Array(bands * toFrames);
  for (let band = 0; band < bands; band++)
    for (let frame = 0; frame < toFrames; frame++)
      out[band * toFrames + frame] = change(frame < frames ? values[frame * bands + band]! : fill);
  return out;
}

const tensor = (shape: readonly number[], values: Float64Array): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(values),
});
