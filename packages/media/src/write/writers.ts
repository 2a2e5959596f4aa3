/** What writes, in one piece that is loaded when it is used. */
export { CHUNK_BYTES } from "./container.js";
export { isLarge, writeWithNewSound } from "./replace-audio.js";
export { writeToStream } from "./to-stream.js";
