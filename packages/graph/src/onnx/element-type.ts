/** Element types of ONNX and ours. */
import type { DType } from "@foley-control/core";

/** `TensorProto.DataType` of `onnx.proto`: names in the order of their numbers. */
const NAMES: readonly string[] = [
  ..."UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 COMPLEX64 COMPLEX128".split(
    " ",
  ),
  ..."BFLOAT16 FLOAT8E4M3FN FLOAT8E4M3FNUZ FLOAT8E5M2 FLOAT8E5M2FNUZ UINT4 INT4 FLOAT4E2M1 FLOAT8E8M0 UINT2 INT2".split(" "),
];

/** The number that stands for an element type in an ONNX file. */
export const elementType: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

/** bfloat16, the upper half of a float32. No network is computed in it here: float32 holds all of its numbers. */
export const BFLOAT16 = 16;

/** Our element type of an ONNX one, `undefined` when there is none. */
export function dtypeOfElementType(type: number): DType | undefined {
  if (type === BFLOAT16) return "float32";
  return (Object.keys(elementType) as DType[]).find((dtype) => elementType[dtype] === type);
}

/** Name of an ONNX element type for messages, e.g. `"DOUBLE"`. */
export const elementTypeName = (type: number): string => NAMES[type] ?? `type ${type}`;
