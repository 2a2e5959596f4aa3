/**
 * Typed tensors: the type carries the axes, so that latents cannot be passed where tokens are expected.
 * Plain data on the CPU; no proxies, no hidden copies.
 */

import { FoleyError } from "./errors.js";
import { assertKind } from "./shown.js";

/** Element type of a tensor. float16 travels as its bit pattern in a `Uint16Array`. */
export type DType = "float32" | "float16" | "int64" | "int32" | "uint8" | "int8" | "bool";

/** Sizes per axis, outermost first. A scalar has the shape `[]`. */
export type Shape = readonly number[];

/** The typed array that holds the elements of each {@link DType}. */
export interface TensorData {
  /** IEEE single precision. */
  float32: Float32Array;
  /** IEEE half precision, as bit patterns. */
  float16: Uint16Array;
  /** 64-bit integers. */
  int64: BigInt64Array;
  /** 32-bit integers. */
  int32: Int32Array;
  /** Bytes. */
  uint8: Uint8Array;
  /** Signed bytes. */
  int8: Int8Array;
  /** 0 or 1 per element. */
  bool: Uint8Array;
}

/** What makes the typed array of each {@link DType}. */
const ARRAYS: {
  readonly [D in DType]: {
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData[D];
    readonly BYTES_PER_ELEMENT: number;
  };
} = {
  float32: Float32Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
};

/** Bytes of one element of each dtype. */
export const BYTES_PER_ELEMENT = Object.fromEntries(
  Object.entries(ARRAYS).map(([dtype, { BYTES_PER_ELEMENT: bytes }]) => [dtype, bytes]),
) as Readonly<Record<DType, number>>;

/**
 * A typed array over little-endian bytes; a view where their alignment allows it, otherwise a copy.
 *
 * @param dtype - Element type.
 * @param bytes - A multiple of its size.
 */
export function typedArrayOf<D extends DType>(dtype: D, bytes: Uint8Array): TensorData[D] {
  const Elements = ARRAYS[dtype];
  const size = Elements.BYTES_PER_ELEMENT;
  // Not slice(): a Node Buffer's shares memory.
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new Elements(buffer, byteOffset, byteLength / size);
}

/** The bytes of any typed array, shared. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Bytes one after the other, in a new array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Names of axes, outermost first, for example `["batch", "time", "feature"]`. */
export type Axes = readonly string[];

/** A dense row-major tensor on the CPU whose type names its axes. */
export interface Tensor<D extends DType = DType, A extends Axes = Axes> {
  /** Element type. */
  readonly dtype: D;
  /** Axis names, outermost first; as many as `shape` has sizes. */
  readonly axes: A;
  /** Sizes per axis. */
  readonly shape: { readonly [K in keyof A]: number };
  /** Row-major elements, `product(shape)` of them. */
  readonly data: TensorData[D];
}

/** Tokens of a video encoder. */
export type VideoTokens = Tensor<"float32", readonly ["batch", "time", "feature"]>;
/** Tokens of a text encoder. */
export type TextTokens = Tensor<"float32", readonly ["batch", "token", "feature"]>;
/** Latents of an audio codec. */
export type AudioLatents = Tensor<"float32", readonly ["batch", "channel", "time"]>;
/** A waveform, samples in [-1, 1] by convention, not clipped. */
export type Waveform = Tensor<"float32", readonly ["batch", "channel", "sample"]>;

/** The {@link DType} that a typed array holds; a `Uint8Array` is read as uint8 (see {@link tensor}'s `dtype` for bool). */
export type DTypeOfData<T> = T extends Float32Array
  ? "float32"
  : T extends Uint16Array
    ? "float16"
    : T extends BigInt64Array
      ? "int64"
      : T extends Int32Array
        ? "int32"
        : T extends Uint8Array
          ? "uint8"
          : T extends Int8Array
            ? "int8"
            : never;

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** Whether two shapes are the same. */
export function sameShape(one: Shape, other: Shape): boolean {
  return one.length === other.length && one.every((size, axis) => size === other[axis]);
}

/**
 * A tensor with named axes; the data is kept, not copied. The element type follows the typed array.
 *
 * @param axes - Names, outermost first, e.g. `["batch", "channel", "time"]`.
 * @param shape - As many sizes, integers of at least 0.
 * @param data - `elementCount(shape)` elements, row-major. A `Uint16Array` is float16.
 * @throws FoleyError `shape-mismatch` when the three do not fit together.
 * @example
 * const latents: AudioLatents = tensor(["batch", "channel", "time"], [1, 64, 86], new Float32Array(64 * 86));
 */
export function tensor<const A extends Axes, T extends TensorData[DType]>(
  axes: A,
  shape: { readonly [K in keyof A]: number },
  data: T,
): Tensor<DTypeOfData<T>, A>;
/** As above for a `Uint8Array` of truth values (0 or 1). */
export function tensor<const A extends Axes>(
  axes: A,
  shape: { readonly [K in keyof A]: number },
  data: Uint8Array,
  options: { readonly dtype: "bool" },
): Tensor<"bool", A>;
export function tensor(axes: Axes, shape: Shape, data: TensorData[DType], options: { readonly dtype?: "bool" } = {}): Tensor {
  assertKind("axes", axes, "list", 'Pass the names of the axes first: tensor(["time"], [4], data).');
  assertKind("shape", shape, "list", 'Pass a size for each axis: tensor(["time"], [4], data).');
  dtypeOfData(data);
  const sizes = [...shape];
  if (sizes.length !== axes.length || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new FoleyError(
      "shape-mismatch",
      `Axes [${axes.join(", ")}] were given the shape [${sizes.join(", ")}]; one integer of at least 0 per axis is needed.`,
      { hint: "Pass a name and a size for each axis, outermost first." },
    );
  }
  if (data.length !== elementCount(sizes)) {
    throw new FoleyError(
      "shape-mismatch",
      `${data.length} elements were given for the shape [${sizes.join(", ")}] (${axes.join(", ")}), which holds ${elementCount(sizes)}.`,
      { hint: "Correct the shape, or pass as many elements." },
    );
  }
  return { dtype: options.dtype ?? dtypeOfData(data), axes: [...axes], shape: sizes, data };
}

/** The element type of a typed array; a `Uint8Array` counts as uint8. */
export function dtypeOfData(data: TensorData[DType]): DType {
  const found = (Object.keys(ARRAYS) as DType[]).find((dtype) => data instanceof ARRAYS[dtype]);
  if (found !== undefined) return found;
  throw new FoleyError(
    "invalid-argument",
    `Tensor data must be a typed array; ${Object.prototype.toString.call(data)} was given.`,
    { hint: "Use Float32Array, Uint16Array (float16), BigInt64Array, Int32Array, Uint8Array or Int8Array." },
  );
}

/**
 * Boundary check: throws unless `value` has the dtype and shape expected.
 *
 * @param name - What the value is called in the error, e.g. `"latents"` or `"options.videoTokens"`.
 * @param expected - One entry per axis; `undefined` accepts any size.
 * @throws FoleyError `shape-mismatch` that names both shapes.
 */
export function assertShape<D extends DType>(
  name: string,
  value: { readonly dtype: DType; readonly shape: Shape; readonly data: TensorData[DType] },
  dtype: D,
  expected: readonly (number | undefined)[],
): asserts value is { readonly dtype: D; readonly shape: Shape; readonly data: TensorData[D] } {
  const fits =
    value.dtype === dtype &&
    value.shape.length === expected.length &&
    expected.every((size, axis) => size === undefined || size === value.shape[axis]);
  if (!fits) {
    throw new FoleyError(
      "shape-mismatch",
      `${name} is ${value.dtype} [${value.shape.join(", ")}]; expected ${dtype} [${expected.map((size) => size ?? "any").join(", ")}].`,
    );
  }
  if (value.data.length !== elementCount(value.shape)) {
    throw new FoleyError(
      "shape-mismatch",
      `${name} has the shape [${value.shape.join(", ")}] but ${value.data.length} elements; ${elementCount(value.shape)} are needed.`,
    );
  }
}
