/**
 * Text-to-audio backbones of Foley Control: text encoder, denoiser and codec.
 * @module
 */
export {
  type DecodePiece,
  type Decoder,
  decodeInPieces,
  decoderOf,
  firstLatents,
  planDecode,
  soundingLatents,
} from "./codec/decode-plan.js";
export { withPhase } from "./codec/phase.js";
export { analyse, type Spectrum, synthesise } from "./codec/short-time-fourier.js";
export {
  codecFeatures,
  codecStretches,
  projectStretches,
  rebuildStretches,
  SMALL_CODEC,
  type SmallCodecConfig,
  smallCodec,
} from "./codec/small-codec.js";
export {
  type Condition,
  type ConditionRows,
  clipSize,
  conditionInputs,
  conditionOf,
  conditionPart,
  type EncodedText,
  type EncodeTextsOptions,
  encodeText,
  encodeTexts,
  knowsSilence,
  latentsFor,
  type RunGraph,
  type RunGraphOnEach,
  sampledSeconds,
  textPart,
} from "./condition.js";
export { lowPassTaps } from "./mmaudio/alias-free.js";
export { type MmaudioParts, mmaudio } from "./mmaudio/backbone.js";
export { BIGVGAN_16K, type BigVganConfig, bigVgan } from "./mmaudio/big-vgan.js";
export { fusedBlock, jointBlock, rowRotary } from "./mmaudio/blocks.js";
export type { MmaudioCodecParts } from "./mmaudio/codec.js";
export { emptyRows, type MmaudioConditions, type MmaudioFeatures, mmaudioConditions, nearestRows } from "./mmaudio/conditions.js";
export { type MmaudioConfig, readMmaudioConfig } from "./mmaudio/config.js";
export { type MmaudioState, mmaudioFlow } from "./mmaudio/flow-network.js";
export { mmaudioClipRows, mmaudioLatents, mmaudioSeconds, mmaudioSyncRows } from "./mmaudio/lengths.js";
export { MEL_MODES, type MelMode, melBasis, melOf } from "./mmaudio/mel.js";
export { type MelAutoencoderConfig, melDecoder, melEncoder, residualBlock } from "./mmaudio/mel-autoencoder.js";
export { normalised, unnormalised } from "./mmaudio/normalisation.js";
export { type MmaudioFilesOptions, mmaudioFromFiles } from "./mmaudio/release-files.js";
export { timeFeatures, timeFrequencies } from "./mmaudio/time-features.js";
export { type OnnxDenoiserDescription, type OnnxPort, onnxBackbone } from "./onnx/onnx-backbone.js";
export { isOnnxDenoiser } from "./onnx/onnx-release.js";
export { BACKBONE_RELEASES, TEXT_ENCODER_RELEASES } from "./releases.js";
export {
  type SmallBackboneConfig,
  type SmallBackboneOptions,
  smallBackbone,
  smallBackboneConfig,
  smallConditioning,
  smallDenoiser,
} from "./small.js";
export {
  SMALL_BACKBONE_FILE,
  SMALL_BACKBONE_FORMAT,
  smallBackboneCheck,
  smallBackboneFromSource,
  trainedSecondsCheck,
} from "./small-release.js";
export { type DenoiserInputs, type NamedSite, type SplicedDenoiserOptions, splicedDenoiser } from "./spliced-denoiser.js";
export { readStableAudioConfig, type StableAudioConfig } from "./stable-audio/config.js";
export {
  type DiffusionTransformerConfig,
  type DiffusionTransformerInputs,
  diffusionTransformer,
  diffusionTransformerSites,
} from "./stable-audio/diffusion-transformer.js";
export { type NumberConditionerConfig, numberConditioner } from "./stable-audio/number-conditioner.js";
export {
  type OobleckConfig,
  type OobleckEncodeOptions,
  oobleckCodec,
  oobleckDecoder,
  oobleckEncodeGraph,
  oobleckEncoder,
} from "./stable-audio/oobleck.js";
export { type Posterior, posteriorDivergence, posteriorOf, samplePosterior } from "./stable-audio/oobleck-bottleneck.js";
export { type StableAudioFiles, stableAudioBackbone } from "./stable-audio/release.js";
export { readStableAudio3Config, type StableAudio3Config } from "./stable-audio-3/config.js";
export {
  type StableAudio3Inputs,
  type StableAudio3Network,
  stableAudio3Transformer,
} from "./stable-audio-3/diffusion-transformer.js";
export { expoFrequencies } from "./stable-audio-3/expo-features.js";
export { type LengthRule, latentsOfClip, stableAudio3Latents } from "./stable-audio-3/lengths.js";
export { type StableAudio3Files, stableAudio3Backbone } from "./stable-audio-3/release.js";
export { stableAudio3FromFiles } from "./stable-audio-3/release-files.js";
export {
  type SameConfig,
  sameAudio,
  sameDecoder,
  sameDeviation,
  sameEncoder,
  sameNormalised,
  samePatches,
} from "./stable-audio-3/same.js";
export type { SameBlocks } from "./stable-audio-3/same-resampler.js";
export { tangofluxCodec } from "./tangoflux/autoencoder.js";
export { type TangofluxParts, tangoflux } from "./tangoflux/backbone.js";
export { tangofluxRotary } from "./tangoflux/blocks.js";
export { readTangofluxConfig, type TangofluxConfig } from "./tangoflux/config.js";
export { type TangofluxInputs, tangofluxTransformer } from "./tangoflux/transformer.js";
export { type BytePairs, openBytePairs, type TokenRows, tokenRows } from "./text/byte-pairs.js";
export { type ClapText, type ClapTextConfig, type ClapTextOptions, clapText, readClapTextConfig } from "./text/clap-text.js";
export { type ClapTextParts, clapTextEncoder } from "./text/clap-text-encoder.js";
export { type ClipTextConfig, clipTextTower, readClipTextConfig } from "./text/clip-text.js";
export { type ClipTextParts, clipTextEncoder } from "./text/clip-text-encoder.js";
export type { RobertaConfig, RobertaStates } from "./text/roberta.js";
export { robertaTokeniser } from "./text/roberta-tokeniser.js";
export { type SmallTextEncoderConfig, smallTextEncoderTokens } from "./text/small-text-encoder.js";
export { type T5Files, type T5TextOptions, t5TextEncoder } from "./text/t5.js";
export { readT5Config, type T5Config } from "./text/t5-config.js";
export { t5EncoderStates } from "./text/t5-encoder.js";
export { t5Tokeniser } from "./text/t5-tokeniser.js";
export { type T5GemmaFiles, t5GemmaTextEncoder } from "./text/t5gemma.js";
export { readT5GemmaConfig, type T5GemmaConfig } from "./text/t5gemma-config.js";
export { type T5GemmaOptions, t5GemmaStates } from "./text/t5gemma-encoder.js";
