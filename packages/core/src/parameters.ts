/** Parameter sources that live in memory: for fresh modules, tests and small embedded models. */

import type { ParameterSource, PlainTensor, StoredParameter } from "./contracts/index.js";
import { FoleyError } from "./errors.js";
import { quantisedBytes } from "./int8-blocks.js";
import { assertHas, assertKind } from "./shown.js";
import { BYTES_PER_ELEMENT, bytesOf, dtypeOfData, elementCount, typedArrayOf } from "./tensor.js";

/**
 * A parameter source over tensors in memory, in the order of the record. The data is shared, not copied: what is written
 * into a tensor later is what a reader sees.
 *
 * @throws FoleyError `bad-weights` naming the parameter whose data does not fit its shape.
 */
export function memoryParameters(
  tensors: Readonly<Record<string, PlainTensor>> | ReadonlyMap<string, PlainTensor>,
): ParameterSource {
  assertKind("tensors", tensors, "object", "Pass { NAME: { dtype, shape, data } }.");
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
    stored.set(name, { dtype, shape, bytes: { kind: "memory", bytes: bytesOf(data) } });
  }
  return { names: () => [...stored.keys()], get: (name) => stored.get(name) };
}

/**
 * Several sources as one, in order.
 *
 * @throws FoleyError `bad-weights` when two of them hold the same name.
 */
export function mergeParameters(...sources: readonly ParameterSource[]): ParameterSource {
  const owner = new Map<string, ParameterSource>();
  for (const [i, source] of sources.entries()) {
    assertHas(`sources[${i}]`, source, "names", "a source of weights", "Pass the weights of a part, such as denoiser.weights.");
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
  const bytes = bytesInMemory(name, parameter);
  if (bytes.byteLength !== elementCount(shape) * BYTES_PER_ELEMENT[dtype]) {
    throw new FoleyError("bad-weights", `Parameter ${name} is ${dtype} [${shape.join(", ")}] but has ${bytes.byteLength} bytes.`);
  }
  return { dtype, shape, data: typedArrayOf(dtype, bytes) };
}

function bytesInMemory(name: string, { bytes }: StoredParameter): Uint8Array {
  if (bytes.kind === "memory") return bytes.bytes;
  if (bytes.kind === "made") return bytes.make();
  if (bytes.kind === "quantised") return quantisedBytes(bytes.how, bytes.of, bytesInMemory(name, bytes.of));
  const where = bytes.kind === "file" ? `the file ${bytes.path}` : "a file of which it is read when a runtime loads it";
  throw new FoleyError("unsupported", `Parameter ${name} lies in ${where}.`, {
    hint: bytes.kind === "file" ? "Read it with @foley-control/weights/node." : "Load the file into memory first.",
  });
}
