/** Tensors and parameters as they cross the boundary to a runtime or a weights file. */
import type { DType, Shape, TensorData } from "../tensor.js";

/** A tensor without axis names: what crosses the boundary to a runtime or a weights file. */
export interface PlainTensor<D extends DType = DType> {
  /** Element type. */
  readonly dtype: D;
  /** Sizes per axis. */
  readonly shape: Shape;
  /** The elements, row-major. */
  readonly data: TensorData[D];
}

/**
 * Where the bytes of one parameter lie, or what they are made of when they are loaded. What is `made`, as float32 of a file's bfloat16, belongs to whoever
 * asks, and is made again for the next. A `blob` is a stretch of a file that a page was given, read when it is loaded; with `bfloat16` its numbers
 * become float32 then.
 */
export type ParameterBytes =
  | { readonly kind: "memory"; readonly bytes: Uint8Array }
  | { readonly kind: "file"; readonly path: string; readonly offset: number; readonly length: number }
  | { readonly kind: "blob"; readonly blob: Blob; readonly bfloat16?: boolean }
  | { readonly kind: "made"; readonly length: number; readonly make: () => Uint8Array }
  | { readonly kind: "quantised"; readonly of: StoredParameter; readonly how: Quantisation };

/** One half of a matrix of parameters in int8 blocks, see `quantiseBlocks`. */
export interface Quantisation {
  /** The bytes (uint8 [rows, blocks, blockSize]), or their scales (float32 [rows, blocks]). */
  readonly part: "values" | "scales";
  /** Numbers that share a scale. */
  readonly blockSize: number;
  /** Rows of the result. */
  readonly rows: number;
  /** Numbers of a row. */
  readonly columns: number;
  /** Whether the stored matrix is [columns, rows]. */
  readonly transposed: boolean;
}

/** One stored parameter: little-endian, row-major. */
export interface StoredParameter {
  /** Element type as stored. */
  readonly dtype: DType;
  /** Sizes per axis. */
  readonly shape: Shape;
  /** Where the elements lie. */
  readonly bytes: ParameterBytes;
}

/** Parameters by name, read in place. The names are those of the checkpoint and of the graph. */
export interface ParameterSource {
  /** All names, in file order. */
  names(): readonly string[];
  /** The stored parameter, or `undefined` when there is none of that name. */
  get(name: string): StoredParameter | undefined;
}
