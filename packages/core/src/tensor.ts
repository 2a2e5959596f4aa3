/**
 * Typed tensors: the type carries the axes, so that latents cannot be passed where tokens are expected.
 * Plain data on the CPU; no proxies, no hidden copies.
 */

/** Element type of a tensor. float16 travels as its bit pattern in a `Uint16Array`. */
export type DType = "float32" | "float16" | "int64" | "int32" | "uint8" | "int8" | "bool";

/** Sizes per axis, outermost first. A scalar has the shape `[]`. */
export type Shape = readonly number[];

/** The typed array that holds the elements of each {@link DType}. */
export interface TensorData {
  float32: Float32Array;
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  uint8: Uint8Array;
  int8: Int8Array;
  bool: Uint8Array;
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
