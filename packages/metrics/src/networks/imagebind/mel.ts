/** Sound as ImageBind hears it: Kaldi's filterbank features of three clips of 2 s, evenly over the whole. */
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { type MelSpectrogram, type MelSpectrogramOptions, melSpectrogram, resample, type Samples } from "@foley-control/signal";
import { bandsFirst, KALDI, melTensor } from "../../frontends/mels.js";
import { checkSound, type Sound } from "../../frontends/sound.js";

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
 * 6 s overlap. As in pytorchvideo's `ConstantClipsPerVideoSampler`, the length in seconds is rounded to a float64, and what follows
 * is exact: a start may lie one sample before the one that whole samples give.
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
  // A power of two by which every such number becomes whole.
  const unit = 2 ** 60;
  const latest = BigInt((samples / sampleRate - clipSeconds) * unit);
  return Array.from({ length: clips }, (_, k) => {
    const from = Number((latest * BigInt(k) * BigInt(sampleRate)) / (BigInt(Math.max(1, clips - 1)) * BigInt(unit)));
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
      bandsFirst(mel, frames, (x) => (x - mean) / deviation),
      index * bands * frames,
    );
  }
  return melTensor([clips.length, 1, bands, frames], values);
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
