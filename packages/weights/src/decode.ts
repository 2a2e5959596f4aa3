/** From the bytes of one tensor in a file to a typed array. */
import {
  bfloat16ToFloat32,
  type DType,
  elementCount,
  FoleyError,
  type PlainTensor,
  type TensorData,
  typedArrayOf,
} from "@foley-control/core";
import { dtypeInPlace, elementBytes, type SafetensorsDType } from "./dtype.js";
import type { TensorEntry } from "./entry.js";

/** What is converted when it is read, from bytes at an address that any element size accepts. */
const conversions: {
  readonly [Stored in SafetensorsDType]?: readonly [
    DType,
    (buffer: ArrayBufferLike, at: number, bytes: number) => TensorData[DType],
  ];
} = {
  F64: ["float32", (buffer, at, bytes) => Float32Array.from(new Float64Array(buffer, at, bytes / 8))],
  BF16: ["float32", (buffer, at, bytes) => bfloat16ToFloat32(new Uint16Array(buffer, at, bytes / 2))],
  I16: ["int32", (buffer, at, bytes) => Int32Array.from(new Int16Array(buffer, at, bytes / 2))],
  U16: ["int32", (buffer, at, bytes) => Int32Array.from(new Uint16Array(buffer, at, bytes / 2))],
  U32: ["int64", (buffer, at, bytes) => BigInt64Array.from(new Uint32Array(buffer, at, bytes / 4), BigInt)],
};

/**
 * What {@link decodeEntry} makes of the elements of an entry.
 *
 * @throws FoleyError `unsupported` for U64, F8_E4M3 and F8_E5M2
 */
export function decodedDType(entry: Pick<TensorEntry, "name" | "dtype">): DType {
  const dtype = dtypeInPlace(entry.dtype) ?? conversions[entry.dtype]?.[0];
  if (dtype !== undefined) return dtype;
  const what = `Tensor ${JSON.stringify(entry.name)} has the dtype ${entry.dtype}, which cannot be converted.`;
  throw new FoleyError("unsupported", what, { hint: "Store it as F32, F16 or BF16." });
}

/**
 * Decodes the bytes of one entry: its own type where core has it, float32 for F64 (rounded) and BF16 (exact), int32 for I16 and U16,
 * int64 for U32; strided elements are put in row-major order.
 *
 * @param entry - the entry
 * @param bytes - exactly its bytes
 * @throws FoleyError `unsupported` for U64, F8_E4M3 and F8_E5M2
 */
export function decodeEntry(entry: TensorEntry, bytes: Uint8Array): PlainTensor {
  const { shape, strides } = entry;
  const dtype = decodedDType(entry);
  const conversion = conversions[entry.dtype];
  const ordered = strides === undefined ? bytes : rowMajor(entry, strides, bytes);
  if (conversion === undefined) return { dtype, shape, data: typedArrayOf(dtype, ordered) };
  const { buffer, byteOffset, byteLength } = aligned(ordered, 8);
  return { dtype, shape, data: conversion[1](buffer, byteOffset, byteLength) };
}

/** Bytes at an address that typed arrays of any element size accept; copied only when the address is odd (slice() of a Node Buffer is no copy). */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}

/** Elements of one size, to be moved without looking at them. */
function words(bytes: Uint8Array, size: number): { [index: number]: number | bigint } {
  const { buffer, byteOffset, byteLength } = aligned(bytes, size);
  if (size === 8) return new BigUint64Array(buffer, byteOffset, byteLength / 8);
  if (size === 4) return new Uint32Array(buffer, byteOffset, byteLength / 4);
  if (size === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return bytes;
}

/** The elements in row-major order, without gaps. */
function rowMajor({ dtype, shape }: TensorEntry, strides: readonly number[], bytes: Uint8Array): Uint8Array {
  const size = elementBytes(dtype);
  const count = elementCount(shape);
  const result = new Uint8Array(count * size);
  const [from, to] = [words(bytes, size), words(result, size)];
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < count; i++) {
    to[i] = from[at] as number | bigint;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [stride, length] = [strides[axis] as number, shape[axis] as number];
      at += stride;
      if (++(index[axis] as number) < length) break;
      at -= stride * length;
      index[axis] = 0;
    }
  }
  return result;
}
