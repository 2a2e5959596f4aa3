/**
 * Procedural audio-visual scenes with exact event times: a seed becomes pictures, sound, captions and truth.
 * @module
 */
export { CAPTION_VOCABULARY } from "./captions.js";
export { contactsOf } from "./contacts.js";
export {
  DEFAULT_FRAME_RATE,
  DEFAULT_IMAGE_SIZE,
  DEFAULT_SAMPLE_RATE,
  DEFAULT_SECONDS,
  describeScene,
  renderAudio,
  renderScene,
  SCENE_VERSION,
} from "./scene.js";
export {
  type AudioOptions,
  CONTINUOUS_CLASSES,
  type DescribeOptions,
  FILM_CLASSES,
  FILM_HELD_OUT_CLASSES,
  IMPACT_CLASSES,
  MATERIALS,
  type Material,
  SCENE_CLASSES,
  type Scene,
  type SceneAudio,
  type SceneClass,
  type SceneDescription,
  type SceneEnvelope,
  type SceneEvent,
  type SceneEventKind,
  type SceneLook,
  type SceneOptions,
  SOLID_MATERIALS,
} from "./types.js";
