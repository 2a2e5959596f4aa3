/** One tensor of an ONNX file, checked: dimensions, element type, number of bytes, and where they lie. */
import {
  BYTES_PER_ELEMENT,
  bytesOf,
  type DType,
  elementCount,
  FoleyError,
  float32ToFloat16,
  type ParameterBytes,
  type Shape,
  type StoredParameter,
} from "@foley-control/core";
import { type TensorProto, TensorProto_DataLocation } from "onnx-buf";

import type { Array64 } from "../ops/definition.js";
import { BFLOAT16, dtypeOfElementType, elementTypeName } from "./element-type.js";

/**
 * Finds the file of an external-data location: its bytes, or the path under which a loader will find it. The location is
 * relative, inside the model's folder, with `/` between folders; anything else was refused before.
 */
export type ExternalData = (location: string) => Uint8Array | string;

/** More elements than any tensor of this project has; a file that claims more is damaged or hostile. */
export const MAXIMUM_ELEMENTS = 2 ** 40;

/** Most axes of a tensor. */
export const MAXIMUM_RANK = 32;

/** Checks the sizes of a tensor or input. */
export function checkedShape(sizes: readonly (bigint | number)[], what: string): Shape {
  if (sizes.length > MAXIMUM_RANK)
    throw new FoleyError("bad-file", `${what} has ${sizes.length} axes; at most ${MAXIMUM_RANK} are read.`);
  const shape = sizes.map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0) || elementCount(shape) > MAXIMUM_ELEMENTS) {
    throw new FoleyError(
      "bad-file",
      `${what} has the shape [${shape.join(", ")}]; sizes must be 0 or more, with at most 2^40 elements in all.`,
    );
  }
  return shape;
}

/** Our element type, or an error that names what has it. */
export function checkedDtype(type: number, what: string): DType {
  const dtype = dtypeOfElementType(type);
  if (!dtype) {
    throw new FoleyError("unsupported", `${what} holds elements of ${elementTypeName(type)}.`, {
      hint: "Known are FLOAT, FLOAT16, BFLOAT16, INT64, INT32, UINT8, INT8 and BOOL; export the model in one of them.",
    });
  }
  return dtype;
}

/** The tensor's type and where its bytes lie; nothing is copied that the file holds as raw data. */
export function readTensor(tensor: TensorProto, what: string, externalData: ExternalData): StoredParameter {
  const shape = checkedShape(tensor.dims, what);
  const dtype = checkedDtype(tensor.dataType, what);
  if (tensor.dataType === BFLOAT16)
    return { dtype, shape, bytes: { kind: "memory", bytes: widened(tensor, shape, what, externalData) } };
  const length = elementCount(shape) * BYTES_PER_ELEMENT[dtype];
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL)
    return { dtype, shape, bytes: external(tensor, length, what, externalData) };
  const bytes = tensor.rawData.length > 0 ? tensor.rawData : typedFields(tensor, dtype);
  if (bytes.length !== length) {
    throw new FoleyError(
      "bad-file",
      `${what} is ${dtype} [${shape.join(", ")}], which takes ${length} bytes; the file holds ${bytes.length}.`,
    );
  }
  return { dtype, shape, bytes: { kind: "memory", bytes } };
}

/** Numbers of BFLOAT16 as float32. */
function widened(tensor: TensorProto, shape: Shape, what: string, externalData: ExternalData): Uint8Array {
  const length = 2 * elementCount(shape);
  const stored = (): Uint8Array => {
    if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL)
      return tensor.rawData.length > 0 ? tensor.rawData : bytesOf(Uint16Array.from(tensor.int32Data));
    const found = external(tensor, length, what, externalData);
    if (found.kind === "memory") return found.bytes;
    throw new FoleyError("unsupported", `${what} holds elements of BFLOAT16 in another file, which cannot be read in place.`, {
      hint: "Pass its bytes with options.externalData, or export the model in FLOAT or FLOAT16.",
    });
  };
  const bytes = stored();
  if (bytes.length !== length)
    throw new FoleyError(
      "bad-file",
      `${what} is BFLOAT16 [${shape.join(", ")}], which takes ${length} bytes; the file holds ${bytes.length}.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytesOf(Uint32Array.from({ length: length / 2 }, (_, i) => view.getUint16(2 * i, true) * 2 ** 16));
}

/** A tensor of DOUBLE, which is held in float64 until it is cast. */
export function readDoubles(tensor: TensorProto, what: string): Array64 {
  const shape = checkedShape(tensor.dims, what);
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL)
    throw new FoleyError("unsupported", `${what} holds elements of DOUBLE in another file.`, {
      hint: "Export the model in FLOAT.",
    });
  const { rawData } = tensor;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const data =
    rawData.length > 0
      ? Float64Array.from({ length: Math.floor(rawData.length / 8) }, (_, i) => view.getFloat64(8 * i, true))
      : Float64Array.from(tensor.doubleData);
  if (data.length !== elementCount(shape))
    throw new FoleyError("bad-file", `${what} is DOUBLE [${shape.join(", ")}]; the file holds ${data.length} numbers.`);
  return { shape, data };
}

/** Elements kept in the typed fields of a TensorProto instead of raw bytes. */
function typedFields(tensor: TensorProto, dtype: DType): Uint8Array {
  const { floatData, int32Data, int64Data } = tensor;
  const views: Readonly<Record<DType, () => ArrayBufferView>> = {
    float32: () => Float32Array.from(floatData),
    // The bit patterns, one to an int32; older writers left floats.
    float16: () => (int32Data.length > 0 ? Uint16Array.from(int32Data) : float32ToFloat16(Float32Array.from(floatData))),
    int64: () => BigInt64Array.from(int64Data),
    int32: () => Int32Array.from(int32Data),
    uint8: () => Uint8Array.from(int32Data),
    int8: () => Int8Array.from(int32Data),
    bool: () => Uint8Array.from(int32Data, (x) => (x === 0 ? 0 : 1)),
  };
  return bytesOf(views[dtype]());
}

function external(tensor: TensorProto, length: number, what: string, externalData: ExternalData): ParameterBytes {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = checkedLocation(entries.get("location") ?? "", what);
  const offset = integerOf(entries.get("offset") ?? "0");
  const given = integerOf(entries.get("length") ?? String(length));
  if (offset === undefined || given !== length) {
    throw new FoleyError(
      "bad-file",
      `${what} takes ${length} bytes; its external data in "${location}" is said to be "${entries.get("length")}" bytes at "${entries.get("offset")}".`,
    );
  }
  const file = externalData(location);
  if (typeof file === "string") return { kind: "file", path: file, offset, length };
  if (offset + length > file.length) {
    throw new FoleyError("bad-file", `${what} ends at byte ${offset + length} of "${location}", which has ${file.length} bytes.`);
  }
  return { kind: "memory", bytes: file.subarray(offset, offset + length) };
}

function integerOf(text: string): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}

/** A model must not reach files outside its own folder. */
function checkedLocation(location: string, what: string): string {
  const parts = location.split("/");
  if (location === "" || /[\\:\0]/.test(location) || parts.some((part) => part === "" || part === "..")) {
    throw new FoleyError("bad-file", `${what} points outside the model's folder, to ${JSON.stringify(location)}.`, {
      hint: 'External data must lie beside the model, at a relative path without "..".',
    });
  }
  return location;
}
