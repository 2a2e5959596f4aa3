/**
 * Parameters of a file that a page was given (`File`, also of a `FileSystemFileHandle`): stretches of it, which cross to a runtime's worker as references and
 * are read there one after the other. A page has no room for gigabytes of weights beside those that the runtime holds.
 */
import { bytesOf, type ParameterSource, type StoredParameter } from "@foley-control/core";
import { entryInPlace, type TensorEntry } from "../entry.js";
import type { LazyTensors } from "../tensors.js";

/** Parameters of a file, read when they are loaded. */
export interface FileWeights extends ParameterSource {
  /** Name of the file, for errors. */
  readonly label: string;
  /** Tensors as the file describes them, in its order. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

/**
 * @param file - the file
 * @param label - what to call it in errors
 * @param tensors - what it holds
 */
export async function fileWeights(file: Blob, label: string, tensors: LazyTensors): Promise<FileWeights> {
  const stored = new Map<string, StoredParameter>();
  for (const entry of tensors.entries.values()) stored.set(entry.name, inPlace(file, entry) ?? (await held(entry, tensors)));
  return { label, entries: tensors.entries, names: () => [...stored.keys()], get: (name) => stored.get(name) };
}

/** A stretch of the file, where its numbers lie as they are used, or are bfloat16, as releases have it. */
function inPlace(file: Blob, entry: TensorEntry): StoredParameter | undefined {
  const dtype = entryInPlace(entry);
  const bfloat16 = entry.dtype === "BF16" && entry.strides === undefined;
  if (dtype === undefined && !bfloat16) return undefined;
  const blob = file.slice(entry.offset, entry.offset + entry.length);
  return { dtype: dtype ?? "float32", shape: entry.shape, bytes: { kind: "blob", blob, ...(bfloat16 && { bfloat16 }) } };
}

/** What is stored in another order or type is rare and small: it is read now. */
async function held({ name }: TensorEntry, tensors: LazyTensors): Promise<StoredParameter> {
  const { dtype, shape, data } = await tensors.read(name);
  return { dtype, shape, bytes: { kind: "memory", bytes: bytesOf(data) } };
}
