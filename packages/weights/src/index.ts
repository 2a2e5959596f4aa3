/**
 * Safetensors in memory: strict reading, deterministic writing, bfloat16. Files are in `/node`, blobs and URLs in `/web`.
 * @module
 */
export { bfloat16ToFloat32, float32ToBfloat16 } from "./bfloat16.js";
export { typedArrayOf } from "./decode.js";
export { type SafetensorsDType, safetensorsElementSize } from "./dtype.js";
export { maximumHeaderBytes, type SafetensorsEntry, type SafetensorsHeader } from "./header.js";
export {
  type LazySafetensors,
  openSafetensorsReader,
  parseSafetensors,
  readSafetensorsHeader,
  type Safetensors,
} from "./read.js";
export { type ByteReader, memoryReader } from "./reader.js";
export { prefixSource } from "./sources.js";
export { type NamedTensors, safetensorsPieces, writeSafetensors } from "./write.js";
