/** What encodes pictures, in one piece that is loaded when it is used. */
export { quiet } from "../quiet.js";
export { encodeNatively } from "./encode-natively.js";
export { encodeVideoWithFfmpeg } from "./ffmpeg-encode.js";
export { findFfmpeg } from "./ffmpeg-process.js";
export { loadNativeCodecs, missingCodecs } from "./native.js";
