/**
 * Video encoders of Foley Control: frames to video tokens.
 * @module
 */
export type { CheckpointRelease } from "./checkpoint-names.js";
export { type ClipEncoderOptions, clipEncoder } from "./clip/encoder.js";
export { type ClipImageConfig, clipImageTower, readClipImageConfig } from "./clip/image-tower.js";
export { CLIP_NORMALISATION, clipPixels, clipSquare } from "./clip/pictures.js";
export { clipFromFiles } from "./clip/release-files.js";
export {
  type EncodedVideo,
  encodeSegments,
  type SegmentOptions,
  type SegmentPixels,
  type ShownPicture,
  segmentPixels,
  shownSize,
} from "./encode.js";
export { EVENT_CHANNELS, eventTokens } from "./events/event-channels.js";
export { type ContactLogits, findContacts, frameLogits } from "./events/find-contacts.js";
export { type TokensWithEvents, withFoundEvents } from "./events/found-events.js";
export { MOTION_ENCODER, MOTION_TOKEN_WIDTH, type MotionEncoderConfig, motionEncoder } from "./motion/encoder.js";
export { type MotionMixing, type MotionNetworkConfig, type MotionOutput, motionNetwork } from "./motion/network.js";
export { type PictureEncoderOptions, pictureEncoder } from "./pictures/encoder.js";
export { type PictureNetwork, readPictureNetwork } from "./pictures/layouts.js";
export {
  type PictureLayout,
  type PictureOutput,
  type PictureSizes,
  patchRotary,
  pictureTransformer,
} from "./pictures/picture-transformer.js";
export { naflexSize, picturePixels } from "./pictures/pixels.js";
export { framePool, gridPool, POOLING_SIDES, type Pooling } from "./pooling.js";
export { VIDEO_ENCODER_RELEASES } from "./releases.js";
export { type Rotary3dLayout, rotary3d, type TokenGrid } from "./rotary-3d.js";
export { planSegments, type Segment, type Windowing, wholeFrames } from "./segments.js";
export { SMALL_VIDEO_ENCODER_FILE, SMALL_VIDEO_ENCODER_FORMAT, smallVideoEncoderFromSource } from "./small-release.js";
export { normalisation, type Square, squares, writePlanes } from "./squares.js";
export { aggregate } from "./synchformer/aggregate.js";
export { readSynchformerConfig } from "./synchformer/config.js";
export { synchformerEncoder } from "./synchformer/encoder.js";
export { type SynchformerVideoConfig, synchformerVideo } from "./synchformer/network.js";
export { SYNCHFORMER_SEGMENT, synchformerPixels, synchformerSegments, synchformerSquare } from "./synchformer/pictures.js";
export { tubelets } from "./tubelets.js";
export {
  tokenGrid,
  type VisionTransformerConfig,
  type VisionTransformerGraphOptions,
  type VisionTransformerOutput,
  visionTransformer,
  visionTransformerGraph,
} from "./vision-transformer.js";
export { VJEPA2_IMAGE_SIZE, VJEPA2_WINDOW, type Vjepa2EncoderOptions, type Vjepa2Use, vjepa2Encoder } from "./vjepa2/encoder.js";
export { inferVjepa2Config } from "./vjepa2/infer.js";
export { type CropPlan, cropPicture, planCrop, vjepa2Preprocess } from "./vjepa2/preprocess.js";
