/**
 * Files on disk: written whole or not at all, locked between processes, grown line by line, read within limits, digested.
 * @module
 */

export { type DigestOptions, digestFile, sha256 } from "./digest.js";
export { type JsonLine, type JsonLinesOptions, jsonLines } from "./json-lines.js";
export { type AppendOptions, appendLines, type CompleteLinesOptions, completeLines, cutFile, type FileLine } from "./lines.js";
export { type FolderLockOptions, type LockOptions, type LockOwner, withFolderLock, withLock } from "./lock.js";
export { makeBeside, makeTemporaryFolder } from "./make-beside.js";
export { notReadable, notWritable, reasonOf } from "./problems.js";
export { type ReadOptions, readJsonFile, readSmallFile, readTextFile } from "./read.js";
export {
  assertWritable,
  type FileWriter,
  type WriteFileOptions,
  writeAt,
  writeFileAtomically,
  writeJsonFile,
} from "./write-file.js";
