/**
 * The element types of the safetensors format and what each becomes in memory. Names and sizes follow the format's
 * own list (https://github.com/huggingface/safetensors, section "Format").
 */
import type { DType } from "@foley-control/core";

/** Element type as written in a safetensors header. */
export type SafetensorsDType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "F8_E4M3"
  | "F8_E5M2"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

/** Bytes per element of every {@link SafetensorsDType}. */
export const safetensorsElementSize: Readonly<Record<SafetensorsDType, number>> = Object.freeze({
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
});

/** The types whose bytes are used as they lie in the file. */
const inPlace: Partial<Record<SafetensorsDType, DType>> = {
  F32: "float32",
  F16: "float16",
  I64: "int64",
  I32: "int32",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

const written: Readonly<Record<DType, SafetensorsDType>> = {
  float32: "F32",
  float16: "F16",
  int64: "I64",
  int32: "I32",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};

/** The {@link DType} whose bytes equal those in the file, or `undefined` when there is none and a conversion is needed. */
export function dtypeInPlace(dtype: SafetensorsDType): DType | undefined {
  return inPlace[dtype];
}

/** The type a {@link DType} is written as. */
export function safetensorsDType(dtype: DType): SafetensorsDType {
  return written[dtype];
}

/** True for a string that names an element type of the format. */
export function isSafetensorsDType(value: unknown): value is SafetensorsDType {
  return typeof value === "string" && Object.hasOwn(safetensorsElementSize, value);
}
