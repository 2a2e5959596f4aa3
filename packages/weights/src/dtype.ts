/**
 * The element types of the safetensors format and what each becomes in memory. Names and sizes follow the format's
 * own list (https://github.com/huggingface/safetensors, section "Format").
 */
import type { DType } from "@foley-control/core";

/** Bytes per element of each type, and the {@link DType} whose bytes equal those in the file where there is one. */
const elementTypes = {
  F64: [8],
  F32: [4, "float32"],
  F16: [2, "float16"],
  BF16: [2],
  F8_E4M3: [1],
  F8_E5M2: [1],
  I64: [8, "int64"],
  I32: [4, "int32"],
  I16: [2],
  I8: [1, "int8"],
  U64: [8],
  U32: [4],
  U16: [2],
  U8: [1, "uint8"],
  BOOL: [1, "bool"],
} as const satisfies Readonly<Record<string, readonly [bytes: number, same?: DType]>>;

/** Element type as written in a safetensors header. */
export type SafetensorsDType = keyof typeof elementTypes;

/** Bytes per element. */
export function elementBytes(dtype: SafetensorsDType): number {
  return elementTypes[dtype][0];
}

/** The {@link DType} whose bytes equal those in the file, or `undefined` when there is none and a conversion is needed. */
export function dtypeInPlace(dtype: SafetensorsDType): DType | undefined {
  return elementTypes[dtype][1];
}

/** The type a {@link DType} is written as. */
export function safetensorsDType(dtype: DType): SafetensorsDType {
  return (Object.keys(elementTypes) as SafetensorsDType[]).find((each) => dtypeInPlace(each) === dtype) as SafetensorsDType;
}

/** True for a string that names an element type of the format. */
export function isSafetensorsDType(value: unknown): value is SafetensorsDType {
  return typeof value === "string" && Object.hasOwn(elementTypes, value);
}
