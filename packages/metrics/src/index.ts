/**
 * The metrics of video-to-audio generation, as av-benchmark, MMAudio and Foley Control report them.
 * @module
 */

export {
  type Benchmark,
  type BenchmarkClip,
  type BenchmarkLayout,
  benchmarkLayouts,
  type MissingFile,
} from "./evaluate/benchmark.js";
export type {
  ComparedClip,
  EvaluatedSound,
  EvaluatedVideo,
  FeatureCache,
  TrueClip,
} from "./evaluate/clips.js";
export {
  DEFAULT_CLIPS_AT_A_TIME,
  type EvaluateSystemsOptions,
  evaluateSystems,
} from "./evaluate/evaluate.js";
export { type NetworkFeaturesOptions, networkFeatures } from "./evaluate/network-features.js";
export { type NetworkNeed, networkNeeds } from "./evaluate/network-needs.js";
export { type NamePair, type Pairing, pairNames } from "./evaluate/pairing.js";
export { type EvaluationPreset, evaluationPreset, evaluationPresets } from "./evaluate/presets.js";
export type { ClipFailure, EvaluationReport, MetricResult, UnequalClip } from "./evaluate/report.js";
export { csvOf, jsonOf, latexRows, markdownTable, remarks, type TableOptions, textTable } from "./evaluate/tables.js";
export type {
  FeatureMaker,
  FeatureMakers,
  NamedRows,
  PairFeatures,
  PictureFeatures,
  SoundFeatures,
  TextFeatures,
} from "./features/makers.js";
export { plainSoundFeatures } from "./features/plain.js";
export { type FramePickOptions, pickTimes } from "./frontends/frame-picks.js";
export { decibelMel } from "./frontends/mels.js";
export { padded, plainMono, type Sound } from "./frontends/sound.js";
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
} from "./metrics/clip-metric.js";
export { fdPanns, fdPasst, fdVgg, kadPanns, kadPasst, kadVgg } from "./metrics/distances.js";
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
  type AudioboxAxis,
  type AudioboxScores,
  type AudioboxTransform,
  type AudioboxWindows,
  audiobox,
  audioboxScores,
  audioboxTransform,
  audioboxWindows,
} from "./networks/audiobox/audiobox.js";
export { audioboxNetwork } from "./networks/audiobox/network.js";
export {
  describeNetwork,
  type NetworkDescription,
  type NetworkDescriptor,
  type NetworkSource,
  type OpenedNetwork,
  type Senses,
  type TokeniserFile,
} from "./networks/descriptor.js";
export {
  type Imagebind,
  imagebind,
} from "./networks/imagebind/imagebind.js";
export {
  IMAGEBIND_MEL,
  type ImagebindSoundOptions,
  imagebindClips,
  imagebindFilterbank,
  imagebindMel,
} from "./networks/imagebind/mel.js";
export { imagebindNetwork } from "./networks/imagebind/network.js";
export { imagebindSquares } from "./networks/imagebind/pictures.js";
export { laionClapAudio, laionClapText } from "./networks/laion-clap/laion-clap.js";
export { CLAP_MEL, laionClapNetwork } from "./networks/laion-clap/network.js";
export { metricNetworks } from "./networks/list.js";
export { msClapAudio, msClapText } from "./networks/ms-clap/ms-clap.js";
export { MS_CLAP_MEL, msClapNetwork } from "./networks/ms-clap/network.js";
export type { MetricNetwork, NetworkHeads, NetworkSizes } from "./networks/network.js";
export { PANNS_MEL, pannsNetwork } from "./networks/panns/network.js";
export { panns } from "./networks/panns/panns.js";
export { PASST_MEL, passtMel, passtNetwork } from "./networks/passt/network.js";
export { passt } from "./networks/passt/passt.js";
export { licenceNotice, type NetworkRelease } from "./networks/release.js";
export { hears, joins, type OpenSense, type RunNetwork, reads, type SenseContext, sees } from "./networks/senses.js";
export { SYNCHFORMER_MEL, type SynchformerSoundOptions, synchformerMel } from "./networks/synchformer/mel.js";
export { synchformerNetwork } from "./networks/synchformer/network.js";
export {
  type Synchformer,
  synchformer,
} from "./networks/synchformer/synchformer.js";
export { VGGISH_MEL, vggishMel, vggishNetwork } from "./networks/vggish/network.js";
export { vggish } from "./networks/vggish/vggish.js";
export { type BootstrapOptions, bootstrap, type Interval } from "./statistics/bootstrap.js";
export { type InceptionOptions, inceptionScore, type Score, softmaxDivergences } from "./statistics/classes.js";
export { cosines, meanOfClips } from "./statistics/cosine.js";
export { type DesyncWindows, desyncClasses, desyncGrid, desyncOffsets, desyncWindows } from "./statistics/desync.js";
export { frechetDistance, frechetDistanceOfMoments, frechetWarning, type Moments } from "./statistics/frechet.js";
export {
  type KernelAudioDistance,
  type KernelInceptionOptions,
  kernelAudioDistance,
  kernelInceptionDistance,
  kernelInceptionDistanceOfSubsets,
  type SubsetOptions,
} from "./statistics/kernel-distance.js";
export { type RandomState, randomState } from "./statistics/mersenne-twister.js";
export {
  type EnvelopeLag,
  type EnvelopeLagOptions,
  envelopeLag,
  type OnsetAgreement,
  onsetAgreement,
} from "./statistics/onsets.js";
export { type Rows, rowsOf } from "./statistics/rows.js";
export { cleanSampleName } from "./statistics/sample-names.js";
