/**
 * Media in any world: frames at exact times, sound in and out, a mux that copies the picture bit for bit.
 * @module
 */
export { encodeFlac, type WriteFlacOptions, writeFlac } from "./audio/flac.js";
export { checkPcm, fitLength, type Pcm, withChannels } from "./audio/pcm.js";
export type { PcmSource, Sound } from "./audio/pcm-source.js";
export { resamplePcm } from "./audio/resample.js";
export { encodeWav, type WavBits, type WavOptions } from "./audio/wav.js";
export { type WavStreamOptions, wavStream } from "./audio/wav-stream.js";
export { type ReadEventsOptions, readEvents } from "./events/read-events.js";
export { type EventFormat, writeEvents } from "./events/write-events.js";
export { parseAudioSetLabels } from "./lists/audioset.js";
export { MAXIMUM_LIST_CHARACTERS, parseCsv } from "./lists/csv.js";
export { detectListFormat, LIST_FORMATS, type ListFormat, parseList } from "./lists/formats.js";
export type { ClipFile, ListedClip } from "./lists/listed-clip.js";
export { openMedia } from "./open-media.js";
export type { Fit } from "./picture/fit.js";
export { type PacketDigest, videoPacketDigest } from "./read/digest.js";
export { firstPictures } from "./read/first-pictures.js";
export { frameCount } from "./read/frame-times.js";
export type { MediaData } from "./read/media-data.js";
export {
  type AudioInfo,
  type AudioOptions,
  DEFAULT_FRAME_SIZE,
  DEFAULT_FRAMES_PER_SECOND,
  type Frame,
  type FramesOptions,
  type MediaFile,
  type MediaInfo,
  type MediaWarning,
  type OnError,
  type OpenOptions,
  type OriginalSound,
  type ReplaceAudioOptions,
  type VideoInfo,
} from "./read/types.js";
export { containerFromPath, containerOf, type VideoContainer } from "./write/container-name.js";
export { loadEncoders } from "./write/load-encoders.js";
