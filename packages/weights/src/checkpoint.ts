/** Telling weights files apart by what they begin with, and opening either kind. */
import { FoleyError, parseJson, shown } from "@foley-control/core";
import { bad, textOf } from "./bytes.js";
import { type OpenPytorchOptions, openPytorchReader, type SelectTensorsOptions } from "./pytorch/open.js";
import { openSafetensorsReader } from "./read.js";
import type { ByteReader } from "./reader.js";
import { type LazyTensors, lazyTensors, stripPrefixes } from "./tensors.js";

/** What a weights file is: `safetensors-index` is the JSON that says which of several safetensors files holds which tensor. */
export type CheckpointFormat = "safetensors" | "safetensors-index" | "pytorch";

/** Options of opening a checkpoint of either format. */
export interface OpenCheckpointOptions extends OpenPytorchOptions, SelectTensorsOptions {}

/**
 * The format of a weights file, by its first bytes; its name means nothing.
 *
 * @param reader - the file
 * @throws FoleyError `unsupported` for a tar file, as torch before 0.1.12 wrote it; `bad-file` for anything else
 */
export async function checkpointFormat(reader: ByteReader): Promise<CheckpointFormat> {
  const { label } = reader;
  const head = await reader.read(0, Math.min(reader.size, 512));
  const begins = (text: string, at = 0) => [...text].every((character, i) => head[at + i] === character.charCodeAt(0));
  // A header shorter than 4 GB, then JSON; every longer one is refused anyway.
  if (begins("\0\0\0\0{", 4)) return "safetensors";
  if (begins("PK") || begins("\x80")) return "pytorch";
  if (begins("{")) return "safetensors-index";
  if (begins("ustar", 257)) {
    throw new FoleyError("unsupported", `${label} is a tar file, as torch before 0.1.12 wrote it.`, {
      hint: "Load it with a newer torch and save it again.",
    });
  }
  if (begins("version https://git-lfs")) {
    throw bad(`${label} is only a pointer to a file in Git LFS.`, "Download the file itself, for example with git lfs pull.");
  }
  const some = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw bad(
    `${label} (${reader.size} bytes, beginning with ${some || "nothing"}) is neither safetensors nor a PyTorch checkpoint.`,
    "Check the path, or download it again.",
  );
}

/**
 * Opens a checkpoint of either format through a reader.
 *
 * @param reader - where the bytes are; closed by `close()`
 * @param options - which tensors of a PyTorch checkpoint, and prefixes to strip
 * @throws FoleyError as `openSafetensorsReader`, `openPytorchReader` and `PytorchCheckpoint.tensors`; `unsupported` for an index of
 *   several files; `invalid-argument` for `at` with a safetensors file, which has no dictionaries
 */
export async function openCheckpointReader(reader: ByteReader, options: OpenCheckpointOptions = {}): Promise<LazyTensors> {
  const format = await checkpointFormat(reader);
  if (format === "pytorch") {
    const { tensors } = await openPytorchReader(reader, options);
    return tensors(options);
  }
  if (format === "safetensors-index") {
    throw new FoleyError("unsupported", `${reader.label} is an index of several files.`, { hint: "Open those one by one." });
  }
  refuseDictionary(options, reader.label);
  const { entries } = await openSafetensorsReader(reader);
  return lazyTensors(reader, stripPrefixes(entries, options.strip ?? [], reader.label));
}

/** Safetensors files are flat. */
export function refuseDictionary({ at = [] }: SelectTensorsOptions, label: string): void {
  if (at.length === 0) return;
  throw new FoleyError("invalid-argument", `${label} is a safetensors file, which has no dictionary ${JSON.stringify(at)}.`, {
    hint: 'Leave out "at".',
  });
}

/**
 * Which file holds which tensor, from the JSON beside a model that is split.
 *
 * @param bytes - the JSON
 * @param label - what to call it in errors
 * @returns names of tensors by name of file
 * @throws FoleyError `bad-file` when it is something else, or names a file outside its own folder
 */
export function parseShardIndex(bytes: Uint8Array, label: string): ReadonlyMap<string, readonly string[]> {
  const parsed = parseJson(textOf(bytes) ?? "", { what: label, hint: "Download it again." });
  const map = (parsed as { readonly weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null) throw bad(`${label} has no "weight_map", so it is no index of weights.`);
  const files = new Map<string, string[]>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== "string" || !/^[^/\\:\0]+$/.test(file) || file === "." || file === "..") {
      throw bad(`${label}: the tensor ${shown(name, 200)} should be in ${shown(file)}, which is no file of the same folder.`);
    }
    const names = files.get(file);
    if (names === undefined) files.set(file, [name]);
    else names.push(name);
  }
  return files;
}
