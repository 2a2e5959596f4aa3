/**
 * The metrics over folders of files, with features kept on disk.
 * @module
 */
export * from "./index.js";
export { type ClipFiles, clipFiles, folderClips, type TruthFolders } from "./node/clip-files.js";
export { type EvaluateFoldersOptions, evaluateFolders } from "./node/evaluate-folders.js";
export { clipName } from "./node/media-files.js";
export { findNetwork, type OpenNetworkOptions, openNetwork } from "./node/open-network.js";
export { type ReadBenchmarkOptions, readBenchmark } from "./node/read-benchmark.js";
