/**
 * The metrics of video-to-audio generation, as av-benchmark, MMAudio and Foley Control report them.
 * @module
 */

export {
  type Benchmark,
  type BenchmarkClip,
  type BenchmarkLayout,
  benchmarkLayout,
  benchmarkLayouts,
  type MissingFile,
} from "./evaluate/benchmark.js";
export {
  type ComparedClip,
  DEFAULT_CLIPS_AT_A_TIME,
  type EvaluatedClip,
  type EvaluatedSound,
  type EvaluatedVideo,
  type EvaluateOptions,
  type EvaluateSystemsOptions,
  evaluateClips,
  evaluateSystems,
  type FeatureCache,
  type TrueClip,
} from "./evaluate/evaluate.js";
export { type MetricNetworkName, type NetworkNeed, networkNeeds } from "./evaluate/network-needs.js";
export { type NamePair, type Pairing, pairNames } from "./evaluate/pairing.js";
export { type PictureFeatures, type PictureNetworks, pictureFeatures } from "./evaluate/picture-features.js";
export { type EvaluationPreset, evaluationPreset, evaluationPresets } from "./evaluate/presets.js";
export type { ClipFailure, EvaluationReport, MetricResult, UnequalClip } from "./evaluate/report.js";
export {
  type NamedRows,
  plainSoundFeatures,
  type SoundFeatures,
  type SoundNetworks,
  type SynchronyJudge,
  soundFacts,
  soundFeatures,
  synchronyJudge,
} from "./evaluate/sound-features.js";
export { csvOf, jsonOf, latexRows, markdownTable, remarks, type TableOptions, textTable } from "./evaluate/tables.js";
export { type TextFeatures, type TextNetworks, textFeatures } from "./evaluate/text-features.js";
export { type FramePickOptions, pickedFrames, pickFrames, pickTimes } from "./frontends/frame-picks.js";
export { IMAGEBIND_FRAME_RATE, imagebindPixels, imagebindSquares } from "./frontends/imagebind-pictures.js";
export {
  CLAP_MEL,
  clapMel,
  IMAGEBIND_MEL,
  type ImagebindSoundOptions,
  imagebindClips,
  imagebindFilterbank,
  imagebindMel,
  MS_CLAP_MEL,
  MS_CLAP_SAMPLE_RATE,
  msClapMel,
  PANNS_MEL,
  PASST_MEL,
  PASST_SAMPLES,
  pannsMel,
  passtMel,
  SYNCHFORMER_MEL,
  type SynchformerSoundOptions,
  synchformerMel,
  VGGISH_MEL,
  vggishMel,
} from "./frontends/mels.js";
export { centredMono, padded, plainMono, repeated, type Sound, tiled } from "./frontends/sound.js";
export type { Square } from "./frontends/squares.js";
export { synchformerPixels, synchformerSegments, synchformerSquare } from "./frontends/synchformer-pictures.js";
export { ibScore, laionClapScore, msClapScore } from "./metrics/agreement.js";
export { iscPanns, iscPasst, klPanns, klPasst } from "./metrics/classes.js";
export {
  type ClipFeatures,
  type ClipMetric,
  type MetricDescription,
  meanMetric,
  metricInterval,
  setMetric,
  type Taken,
  THIS_PACKAGE,
} from "./metrics/clip-metric.js";
export { fdPanns, fdPasst, fdVgg, KERNEL_METRIC_ROWS, kadPanns, kadPasst, kadVgg } from "./metrics/distances.js";
export { metricOf, metrics } from "./metrics/list.js";
export {
  contentEnjoyment,
  contentUsefulness,
  productionComplexity,
  productionQuality,
  spectralDistance,
} from "./metrics/quality.js";
export {
  desync,
  envelopeCorrelation,
  envelopeLagMetric,
  onsetF1At50,
  onsetF1At100,
  onsetPrecision50,
  onsetPrecision100,
  onsetRecall50,
  onsetRecall100,
} from "./metrics/synchrony.js";
export {
  AUDIOBOX_AXES,
  AUDIOBOX_HUB_RELEASE,
  AUDIOBOX_RELEASE,
  AUDIOBOX_SAMPLE_RATE,
  AUDIOBOX_TRANSFORM,
  AUDIOBOX_WINDOW,
  type AudioboxAxis,
  type AudioboxOptions,
  type AudioboxScores,
  type AudioboxTransform,
  type AudioboxWindows,
  audiobox,
  audioboxScores,
  audioboxTransform,
  audioboxWindows,
} from "./networks/audiobox.js";
export type { TokenRows } from "./networks/byte-pairs.js";
export { GPT2_VOCABULARY, gpt2Tokeniser } from "./networks/gpt2-tokeniser.js";
export {
  IMAGEBIND_INPUT,
  IMAGEBIND_RELEASE,
  type Imagebind,
  type ImagebindClips,
  type ImagebindOptions,
  imagebind,
} from "./networks/imagebind/imagebind.js";
export {
  LAION_CLAP_FRAMES,
  LAION_CLAP_RELEASE,
  LAION_CLAP_SAMPLE_RATE,
  LAION_CLAP_TOKENS,
  type LaionClap,
  type LaionClapOptions,
  laionClap,
  laionClapAudio,
  laionClapText,
} from "./networks/laion-clap.js";
export { licenceNotice, usableByDefault } from "./networks/licence.js";
export {
  MS_CLAP_FRAMES,
  MS_CLAP_RELEASE,
  MS_CLAP_TOKENS,
  type MsClap,
  type MsClapOptions,
  msClap,
  msClapAudio,
  msClapText,
} from "./networks/ms-clap.js";
export { PANNS_RELEASE, type PannsOptions, panns } from "./networks/panns.js";
export { PASST_INPUT, PASST_RELEASE, type PasstOptions, passt } from "./networks/passt.js";
export type { MetricNetwork, NetworkRelease } from "./networks/release.js";
export { ROBERTA_VOCABULARY, robertaTokeniser } from "./networks/roberta-tokeniser.js";
export {
  SYNCHFORMER_INPUT,
  SYNCHFORMER_RELEASE,
  type Synchformer,
  type SynchformerOptions,
  type SynchformerSegments,
  type SynchformerWindows,
  synchformer,
} from "./networks/synchformer/synchformer.js";
export { VGGISH_EXAMPLE, VGGISH_RELEASE, type VggishOptions, vggish } from "./networks/vggish.js";
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
  drawRows,
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
