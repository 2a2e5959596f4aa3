/** From the bytes of one tensor in a file to a typed array. */
import { BYTES_PER_ELEMENT, type DType, elementCount, FoleyError, type PlainTensor, type TensorData } from "@foley-control/core";
import { bfloat16ToFloat32 } from "./bfloat16.js";
import { dtypeInPlace, safetensorsElementSize } from "./dtype.js";
import type { TensorEntry } from "./entry.js";

/** Bytes at an address that typed arrays of any element size accept; copied only when the address is odd (slice() of a Node Buffer is no copy). */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}

/**
 * A typed array over little-endian bytes; a view where the alignment allows it, otherwise a copy.
 *
 * @param dtype - element type
 * @param bytes - a multiple of the element size
 */
export function typedArrayOf<D extends DType>(dtype: D, bytes: Uint8Array): TensorData[D] {
  const size = BYTES_PER_ELEMENT[dtype];
  const { buffer, byteOffset, byteLength } = aligned(bytes, size);
  const count = byteLength / size;
  const make: { readonly [K in DType]: () => TensorData[K] } = {
    float32: () => new Float32Array(buffer, byteOffset, count),
    float16: () => new Uint16Array(buffer, byteOffset, count),
    int64: () => new BigInt64Array(buffer, byteOffset, count),
    int32: () => new Int32Array(buffer, byteOffset, count),
    int8: () => new Int8Array(buffer, byteOffset, count),
    uint8: () => new Uint8Array(buffer, byteOffset, count),
    bool: () => new Uint8Array(buffer, byteOffset, count),
  };
  return make[dtype]();
}

/** The bytes of any typed array. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * What an entry becomes in memory: its own type where core has it, float32 for F64 (rounded) and BF16 (exact), int32 for
 * I16 and U16, int64 for U32.
 *
 * @throws FoleyError `unsupported` for U64, F8_E4M3 and F8_E5M2
 */
export function decodedDType(entry: TensorEntry): DType {
  const same = dtypeInPlace(entry.dtype);
  if (same !== undefined) return same;
  switch (entry.dtype) {
    case "F64":
    case "BF16":
      return "float32";
    case "I16":
    case "U16":
      return "int32";
    case "U32":
      return "int64";
    default:
      throw new FoleyError(
        "unsupported",
        `Tensor ${JSON.stringify(entry.name)} has the dtype ${entry.dtype}, which cannot be converted.`,
        {
          hint: "Store it as F32, F16 or BF16.",
        },
      );
  }
}

/**
 * Decodes the bytes of one entry, see {@link decodedDType}; strided elements are put in row-major order.
 *
 * @param entry - the entry
 * @param bytes - exactly its bytes
 */
export function decodeEntry(entry: TensorEntry, bytes: Uint8Array): PlainTensor {
  const dtype = decodedDType(entry);
  const { shape } = entry;
  const ordered = entry.strides === undefined ? bytes : rowMajor(entry, entry.strides, bytes);
  if (dtypeInPlace(entry.dtype) !== undefined) return { dtype, shape, data: typedArrayOf(dtype, ordered) };
  const { buffer, byteOffset, byteLength } = aligned(ordered, 8);
  switch (entry.dtype) {
    case "F64":
      return { dtype, shape, data: Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8)) };
    case "BF16":
      return { dtype, shape, data: bfloat16ToFloat32(new Uint16Array(buffer, byteOffset, byteLength / 2)) };
    case "I16":
      return { dtype, shape, data: Int32Array.from(new Int16Array(buffer, byteOffset, byteLength / 2)) };
    case "U16":
      return { dtype, shape, data: Int32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2)) };
    default:
      return { dtype, shape, data: BigInt64Array.from(new Uint32Array(buffer, byteOffset, byteLength / 4), BigInt) };
  }
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
  const size = safetensorsElementSize[dtype];
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
