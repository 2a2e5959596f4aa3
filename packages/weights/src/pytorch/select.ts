/** From a dictionary of a checkpoint to tensors by name. */
import { elementCount, FoleyError } from "@foley-control/core";
import { elementBytes } from "../dtype.js";
import type { TensorEntry } from "../entry.js";
import type { ByteReader } from "../reader.js";
import type { CheckpointContents } from "./contents.js";
import { type CheckpointDictionary, type CheckpointTensor, type CheckpointValue, isDictionary, isTensor } from "./values.js";

/**
 * Most bytes of a tensor whose elements are not row-major, and of the stretch that they are picked from. Other tensors are read in place
 * and may be as long as the file.
 */
const maximumStridedBytes = 1 << 28;

/** One dictionary of a checkpoint that holds tensors. */
export interface TensorGroup {
  /** Keys from the outside in; empty for the saved value itself. */
  readonly path: readonly string[];
  /** Number of tensors directly in it. */
  readonly tensors: number;
}

/** Dictionaries that hold tensors under names, outermost first; at most the first hundred. */
export function tensorGroups(root: CheckpointValue): readonly TensorGroup[] {
  const groups: TensorGroup[] = [];
  const seen = new Set<CheckpointDictionary>();
  const queue: (readonly [path: readonly string[], value: CheckpointDictionary])[] = isDictionary(root) ? [[[], root]] : [];
  for (const [path, dictionary] of queue) {
    if (seen.has(dictionary) || groups.length === 100) continue;
    seen.add(dictionary);
    let tensors = 0;
    for (const [key, value] of dictionary) {
      if (typeof key !== "string") continue;
      if (isTensor(value)) tensors++;
      else if (isDictionary(value)) queue.push([[...path, key], value]);
    }
    if (tensors > 0) groups.push({ path, tensors });
  }
  return groups;
}

/**
 * Locates the tensors of one dictionary.
 *
 * @param contents - the checkpoint
 * @param reader - the file
 * @param at - keys from the outside in
 * @throws FoleyError `bad-weights` when there is no such dictionary or it holds no tensors; `bad-file` when a storage is not where it
 *   should be; `unsupported` for a strided tensor that is too big
 */
export async function locateTensors(
  contents: CheckpointContents,
  reader: ByteReader,
  at: readonly string[],
): Promise<ReadonlyMap<string, TensorEntry>> {
  const found: [string, CheckpointTensor][] = [];
  for (const [name, value] of dictionaryAt(contents.root, at, reader.label)) {
    if (typeof name === "string" && isTensor(value)) found.push([name, value]);
  }
  if (found.length === 0) throw noTensors(contents.root, at, reader.label, "holds no tensors");
  const storages = new Set(found.map(([, tensor]) => tensor.storage));
  const offsets = new Map(
    await Promise.all([...storages].map(async (storage) => [storage, await contents.locate(reader, storage)] as const)),
  );
  return new Map(
    found.map(
      ([name, tensor]) => [name, tensorEntry(name, tensor, offsets.get(tensor.storage) as number, reader.label)] as const,
    ),
  );
}

/**
 * A tensor as a stretch of the file.
 *
 * @param storageOffset - position of its storage
 */
export function tensorEntry(name: string, tensor: CheckpointTensor, storageOffset: number, label: string): TensorEntry {
  const { dtype, shape, strides, start } = tensor;
  const size = elementBytes(dtype);
  const count = elementCount(shape);
  const offset = storageOffset + start * size;
  if (isRowMajor(shape, strides)) return { name, dtype, shape, offset, length: count * size };
  const length = size * shape.reduce((sum, sizes, axis) => sum + (sizes - 1) * (strides[axis] as number), 1);
  if (Math.max(count * size, length) > maximumStridedBytes) {
    throw new FoleyError(
      "unsupported",
      `${label}: tensor ${JSON.stringify(name)} of shape [${shape.join(", ")}] and strides [${strides.join(", ")}] is not row-major and takes more than ${maximumStridedBytes} bytes.`,
      { hint: "Save it as tensor.contiguous()." },
    );
  }
  return { name, dtype, shape, offset, length, strides };
}

/** Strides of axes of length 1 mean nothing, and neither do any when there are no elements. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length === 1) continue;
    if (strides[axis] !== expected) return false;
    expected *= length;
  }
  return true;
}

function dictionaryAt(root: CheckpointValue, at: readonly string[], label: string): CheckpointDictionary {
  let value: CheckpointValue | undefined = root;
  for (const key of at) value = isDictionary(value) ? value.get(key) : undefined;
  if (isDictionary(value)) return value;
  throw noTensors(root, at, label, "is no dictionary");
}

function noTensors(root: CheckpointValue, at: readonly string[], label: string, what: string): FoleyError {
  const place = at.length === 0 ? "what was saved" : JSON.stringify(at.join("/"));
  const groups = tensorGroups(root).slice(0, 8);
  const some = groups.map(({ path, tensors }) => `${JSON.stringify(path)} (${tensors})`);
  return new FoleyError("bad-weights", `${label}: ${place} ${what}.`, {
    hint: some.length > 0 ? `Tensors are at ${some.join(", ")}.` : "It holds no dictionary of tensors at all.",
  });
}
