/** Where one tensor lies in a file, whatever the format of the file. */
import type { DType } from "@foley-control/core";
import { dtypeInPlace, type SafetensorsDType } from "./dtype.js";

/** One tensor as a file describes it. */
export interface TensorEntry {
  /** Name of the tensor. */
  readonly name: string;
  /** Element type as stored; PyTorch's storages go by the same names. */
  readonly dtype: SafetensorsDType;
  /** Sizes per axis. */
  readonly shape: readonly number[];
  /** Position of the first element from the start of the file, in bytes. */
  readonly offset: number;
  /** Bytes from the first element to the end of the last. */
  readonly length: number;
  /** Elements from one index to the next per axis, only where the elements are not row-major without gaps. */
  readonly strides?: readonly number[];
}

/** The {@link DType} that the bytes in the file are already an array of; `undefined` when they must be converted or put in order. */
export function entryInPlace(entry: TensorEntry): DType | undefined {
  return entry.strides === undefined ? dtypeInPlace(entry.dtype) : undefined;
}
