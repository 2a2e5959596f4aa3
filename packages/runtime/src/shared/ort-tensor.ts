/** Between our tensors and those of ONNX Runtime. */
import type { DType } from "@foley-control/core";
import type { Tensor, TypedTensor } from "onnxruntime-common";
import type { WireTensor } from "./protocol.js";

/** The part of the ONNX Runtime API that is used; both packages have it. */
export type Ort = Pick<typeof import("onnxruntime-common"), "InferenceSession" | "Tensor" | "env">;

const float16Array = (
  globalThis as { Float16Array?: new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView }
).Float16Array;

/** Ours → ORT's, sharing the data. */
export function toOrt(ort: Ort, { dtype, shape, data }: WireTensor): Tensor {
  let elements: unknown = data;
  if (dtype === "float16" && float16Array !== undefined)
    elements = new float16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  return new ort.Tensor(dtype, elements as never, shape as number[]) as TypedTensor<DType>;
}

/** ORT's → ours, sharing the data; the tensor must be on the CPU. */
export function fromOrt(tensor: Tensor, data: unknown = tensor.data): WireTensor {
  let elements = data as ArrayBufferView;
  if (tensor.type === "float16" && !(elements instanceof Uint16Array)) {
    elements = new Uint16Array(elements.buffer, elements.byteOffset, elements.byteLength / 2);
  }
  return { dtype: tensor.type as DType, shape: [...tensor.dims], data: elements };
}
