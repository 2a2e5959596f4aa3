/**
 * Text-to-audio backbones of Foley Control: text encoder, denoiser and codec.
 * @module
 */
export { withPhase } from "./codec/phase.js";
export { analyse, fourierConstants, type FourierConstants, type Spectrum, synthesise } from "./codec/short-time-fourier.js";
export { compress, decodeMagnitudes, encodeMagnitudes, LOG_SCALE, LOG_SHIFT, MAGNITUDE_FLOOR, magnitudes, SMALL_CODEC, smallCodec, type SmallCodecConfig, smallCodecDecodeGraph, smallCodecEncodeGraph } from "./codec/small-codec.js";
export { smallBackbone, smallBackboneConfig, type SmallBackboneConfig, smallConditioning, smallDenoiser } from "./small.js";
export { diffusionTransformer, type DiffusionTransformerConfig, type DiffusionTransformerInputs, diffusionTransformerSites, siteHook } from "./stable-audio/diffusion-transformer.js";
export { numberConditioner, type NumberConditionerConfig } from "./stable-audio/number-conditioner.js";
export { smallTextEncoder, type SmallTextEncoderConfig, smallTextEncoderGraph, smallTextEncoderTokens } from "./text/small-text-encoder.js";
export { FIRST_WORD_ID, PADDING_ID, UNKNOWN_ID, wordTokeniser, type WordTokeniser, wordsOf } from "./text/word-tokeniser.js";
