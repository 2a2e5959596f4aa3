/**
 * The metrics of video-to-audio generation, as av-benchmark, MMAudio and Foley Control report them.
 * @module
 */
export {
  type BootstrapOptions,
  bootstrap,
  DEFAULT_BOOTSTRAP_DRAWS,
  DEFAULT_BOOTSTRAP_LEVEL,
  DEFAULT_BOOTSTRAP_SEED,
  type Interval,
} from "./statistics/bootstrap.js";
export {
  DEFAULT_INCEPTION_SEED,
  DEFAULT_INCEPTION_SPLITS,
  type InceptionOptions,
  inceptionScore,
  type Score,
  softmaxDivergences,
} from "./statistics/classes.js";
export { cosines, meanOfClips } from "./statistics/cosine.js";
export {
  DESYNC_MAXIMUM_SECONDS,
  DESYNC_SEGMENT_FRAMES,
  DESYNC_SEGMENT_SAMPLES,
  DESYNC_WINDOW_SEGMENTS,
  type DesyncWindows,
  desyncClasses,
  desyncGrid,
  desyncOffsets,
  desyncWindows,
} from "./statistics/desync.js";
export {
  FRECHET_LEAST_ROWS_PER_NUMBER,
  frechetDistance,
  frechetDistanceOfMoments,
  frechetWarning,
  type Moments,
} from "./statistics/frechet.js";
export {
  KERNEL_AUDIO_SCALE,
  type KernelAudioDistance,
  type KernelInceptionOptions,
  kernelAudioDistance,
  kernelInceptionDistance,
  kernelInceptionDistanceOfSubsets,
  type SubsetOptions,
} from "./statistics/kernel-distance.js";
export { type RandomState, randomState } from "./statistics/mersenne-twister.js";
export {
  DEFAULT_LAG_HOP_SECONDS,
  DEFAULT_LAG_MAXIMUM_SECONDS,
  DEFAULT_LAG_WINDOW_SECONDS,
  type EnvelopeLag,
  type EnvelopeLagOptions,
  envelopeLag,
  ONSET_TOLERANCES,
  type OnsetAgreement,
  onsetAgreement,
} from "./statistics/onsets.js";
export { type Rows, rowsOf } from "./statistics/rows.js";
export { cleanSampleName } from "./statistics/sample-names.js";
