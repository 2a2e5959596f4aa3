/** Parameter sources that live in memory: for fresh modules, tests and small embedded models. */
import type { ParameterSource, PlainTensor, StoredParameter } from "./contracts/index.js";
import { FoleyError } from "./errors.js";
import { quantisedBytes } from "./int8-blocks.js";
import { type DType, dtypeOfData, elementCount, type TensorData } from "./tensor.js";

/** Bytes of one element of each dtype. */
export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = {
  float32: 4,
  float16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  int8: 1,
  bool: 1,
};

/**
 * A parameter source over tensors in memory, in the order of the record. The data is shared, not copied: what is written
 * into a tensor later is what a reader sees.
 *
 * @throws FoleyError `bad-weights` naming the parameter whose data does not fit its shape.
 */
export function memoryParameters(
  tensors: Readonly<Record<string, PlainTensor>> | ReadonlyMap<string, PlainTensor>,
): ParameterSource {
  const stored = new Map<string, StoredParameter>();
  const entries: Iterable<readonly [string, PlainTensor]> = tensors instanceof Map ? tensors : Object.entries(tensors);
  for (const [name, { dtype, shape, data }] of entries) {
    const held = dtypeOfData(data);
    if (data.length !== elementCount(shape) || held !== (dtype === "bool" ? "uint8" : dtype)) {
      throw new FoleyError(
        "bad-weights",
        `Parameter ${name} is ${dtype} [${shape.join(", ")}] but its data are ${data.length} elements of ${held}.`,
      );
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    stored.set(name, { dtype, shape, bytes: { kind: "memory", bytes } });
  }
  return sourceOf(stored);
}

/**
 * Several sources as one, in order.
 *
 * @throws FoleyError `bad-weights` when two of them hold the same name.
 */
export function mergeParameters(...sources: readonly ParameterSource[]): ParameterSource {
  const owner = new Map<string, ParameterSource>();
  for (const source of sources) {
    for (const name of source.names()) {
      if (owner.has(name)) throw new FoleyError("bad-weights", `Parameter ${name} is in two of the sources that were merged.`);
      owner.set(name, source);
    }
  }
  return { names: () => [...owner.keys()], get: (name) => owner.get(name)?.get(name) };
}

/**
 * A parameter of a memory source as a tensor, quantised where it says so; shares the bytes where their alignment allows it.
 *
 * @throws FoleyError `unsupported` when the bytes lie in a file; `bad-weights` when their number does not fit the shape.
 */
export function parameterTensor(name: string, parameter: StoredParameter): PlainTensor {
  const { dtype, shape } = parameter;
  const size = BYTES_PER_ELEMENT[dtype];
  const bytes = bytesInMemory(name, parameter);
  if (bytes.byteLength !== elementCount(shape) * size) {
    throw new FoleyError("bad-weights", `Parameter ${name} is ${dtype} [${shape.join(", ")}] but has ${bytes.byteLength} bytes.`);
  }
  // Not slice(): a Node Buffer's shares memory.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return { dtype, shape, data: viewOf(dtype, aligned.buffer, aligned.byteOffset, elementCount(shape)) };
}

function bytesInMemory(name: string, { bytes }: StoredParameter): Uint8Array {
  if (bytes.kind === "memory") return bytes.bytes;
  if (bytes.kind === "quantised") return quantisedBytes(bytes.how, bytes.of, bytesInMemory(name, bytes.of));
  throw new FoleyError("unsupported", `Parameter ${name} lies in the file ${bytes.path}.`, {
    hint: "Read it with @foley-control/weights/node.",
  });
}

function sourceOf(stored: ReadonlyMap<string, StoredParameter>): ParameterSource {
  return { names: () => [...stored.keys()], get: (name) => stored.get(name) };
}

function viewOf(dtype: DType, buffer: ArrayBufferLike, offset: number, length: number): TensorData[DType] {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, offset, length);
    case "float16":
      return new Uint16Array(buffer, offset, length);
    case "int64":
      return new BigInt64Array(buffer, offset, length);
    case "int32":
      return new Int32Array(buffer, offset, length);
    case "int8":
      return new Int8Array(buffer, offset, length);
    case "uint8":
    case "bool":
      return new Uint8Array(buffer, offset, length);
  }
}
