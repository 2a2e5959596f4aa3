/**
 * Safetensors files on disk: parameters as byte ranges of the file, atomic writing.
 * @module
 */
export { fileReader } from "./node/file-reader.js";
export { openSafetensors, type SafetensorsFile } from "./node/open.js";
export { readParameter, readParameterBytes } from "./node/parameter.js";
export { writeSafetensorsFile } from "./node/write-file.js";
