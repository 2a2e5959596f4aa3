/**
 * Signal processing in plain TypeScript, for Node and browsers: transforms, mel front-ends, resampling, onsets,
 * loudness, image resize.
 * @module
 */
export {
  type AntialiasedResize,
  type AntialiasedResizeOptions,
  bicubicResize,
  bilinearResize,
  type Crop,
} from "./antialiased-resize.js";
export type { Samples } from "./check.js";
export {
  type CrossCorrelationLag,
  crossCorrelationLag,
  DEFAULT_ENVELOPE_HOP_SECONDS,
  DEFAULT_ENVELOPE_WINDOW_SECONDS,
  type EnvelopeOptions,
  envelope,
} from "./envelope.js";
export { type ComplexArray, createFft, type FftPlan, fft, ifft } from "./fft.js";
export {
  applyGain,
  DEFAULT_PEAK_DB,
  fadeIn,
  fadeOut,
  type GainResult,
  type NormaliseLoudnessOptions,
  normaliseLoudness,
  normalisePeak,
} from "./gain.js";
export { createLimiter, type Limiter, type LimitResult, limitTruePeak } from "./limit.js";
export { createLoudnessMeter, type Loudness, type LoudnessMeter, type LoudnessOptions, loudness } from "./loudness.js";
export {
  DEFAULT_MEL_BANDS,
  DEFAULT_MEL_FLOOR,
  DEFAULT_MEL_LOGARITHM,
  DEFAULT_MEL_NORM,
  DEFAULT_MEL_SCALE,
  hertzToMel,
  type MelFilterbank,
  type MelFilterbankOptions,
  type MelScale,
  type MelSpectrogram,
  type MelSpectrogramOptions,
  melFilterbank,
  melSpectrogram,
  melToHertz,
} from "./mel.js";
export {
  DEFAULT_ONSETS,
  detectOnsets,
  type OnsetDetection,
  type OnsetOptions,
} from "./onset-detect.js";
export {
  DEFAULT_MATCH_SLACK_SECONDS,
  DEFAULT_MATCH_TOLERANCE_SECONDS,
  matchOnsets,
  mergeOnsets,
  type OnsetMatch,
  type OnsetMatching,
  type OnsetMatchOptions,
  type OnsetScore,
  poolOnsetScores,
} from "./onset-match.js";
export { detectOnsetsInParts, type SampleSource } from "./onset-parts.js";
export {
  DEFAULT_ONSET_STRENGTH,
  type OnsetStrength,
  type OnsetStrengthOptions,
  onsetStrength,
} from "./onset-strength.js";
export { createRealFft, irfft, type RealFftPlan, rfft } from "./real-fft.js";
export {
  createResampler,
  DEFAULT_RESAMPLING,
  HIGH_QUALITY_RESAMPLING,
  type ResampleOptions,
  type Resampler,
  resample,
} from "./resample.js";
export { createResampleStream, type ResampleStream } from "./resample-stream.js";
export {
  DEFAULT_STFT_PADDING,
  DEFAULT_STFT_SIZE,
  DEFAULT_STFT_WINDOW,
  istft,
  type Spectra,
  type Spectrogram,
  type SpectrogramOptions,
  type StftOptions,
  spectrogram,
  stft,
} from "./stft.js";
export { stretchFrames } from "./stretch.js";
export { truePeak } from "./true-peak.js";
export { createWindow, DEFAULT_KAISER_BETA, type WindowName, type WindowOptions } from "./windows.js";
