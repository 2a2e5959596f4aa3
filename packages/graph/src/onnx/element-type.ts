/** Element types of ONNX and ours. */
import type { DType } from "@foley-control/core";
import { TensorProto_DataType } from "onnx-buf";

/** The number that stands for an element type in an ONNX file. */
export const elementType: Readonly<Record<DType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  uint8: TensorProto_DataType.UINT8,
  int8: TensorProto_DataType.INT8,
  bool: TensorProto_DataType.BOOL,
};

/** Our element type of an ONNX one, `undefined` when there is none. */
export function dtypeOfElementType(type: number): DType | undefined {
  return (Object.keys(elementType) as DType[]).find((dtype) => elementType[dtype] === type);
}

/** Name of an ONNX element type for messages, e.g. `"DOUBLE"`. */
export const elementTypeName = (type: number): string => TensorProto_DataType[type] ?? `type ${type}`;
