/**
 * Video encoders of Foley Control: frames to video tokens.
 * @module
 */
export { axisWidth, rotary3d, type Rotary3dLayout, type TokenGrid } from "./rotary-3d.js";
export { SMALL_IMAGE_SIZE, SMALL_VIDEO_ENCODER, smallVideoEncoder } from "./small.js";
export { framePool, tokenGrid, visionTransformer, type VisionTransformerConfig, visionTransformerGraph } from "./vision-transformer.js";
