/**
 * Video encoders of Foley Control: frames to video tokens.
 * @module
 */
export { type ConvolutionStemConfig, STEM_EMBEDDING } from "./convolution-stem.js";
export { axisWidth, type Rotary3dLayout, rotary3d, type TokenGrid } from "./rotary-3d.js";
export { SMALL_IMAGE_SIZE, SMALL_VIDEO_ENCODER, smallVideoEncoder } from "./small.js";
export {
  framePool,
  tokenGrid,
  type VisionTransformerConfig,
  type VisionTransformerOutput,
  visionTransformer,
  visionTransformerGraph,
} from "./vision-transformer.js";
