/** What writes, in one piece that is loaded when it is used. */
export { isLarge, writeWithNewSound } from "./replace-audio.js";
export { memoryTarget, piecesTarget } from "./targets.js";
export { writeToStream } from "./to-stream.js";
