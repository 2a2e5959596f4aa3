/** The messages of an ONNX model that are written, by the field numbers of `onnx.proto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
import type { DType, GraphAttribute, GraphValue, Shape } from "@foley-control/core";
import { elementType } from "./element-type.js";
import { bytes, type Fields, float, integer, integers, joined, message, text } from "./wire.js";

/** `AttributeProto.AttributeType`. */
const kinds = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

/** `TensorProto.DataLocation.EXTERNAL`. */
const EXTERNAL = 1;

/** What a node is made of. */
export interface NodeParts {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers, lists of them, and text. */
  readonly attributes?: Readonly<Record<string, GraphAttribute>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** Default: the standard domain. */
  readonly domain?: string;
}

/** A `NodeProto`. */
export function node({ op, inputs, outputs, attributes = {}, floats = {}, domain = "" }: NodeParts): Fields {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, attribute(name, value))),
    ...Object.entries(floats).flatMap(([name, value]) => message(5, text(1, name), float(2, value), integer(20, kinds.float))),
    ...text(7, domain),
  ];
}

function attribute(name: string, value: GraphAttribute): Fields {
  if (typeof value === "string") return [...text(1, name), ...text(4, value), ...integer(20, kinds.string)];
  if (typeof value === "object") return [...text(1, name), ...integers(8, value), ...integer(20, kinds.ints)];
  return [...text(1, name), ...integer(3, Number(value)), ...integer(20, kinds.int)];
}

/** The `NodeProto` of a constant. */
export const constantNode = (name: string, tensor: Fields): Fields => [
  ...text(2, name),
  ...text(4, "Constant"),
  ...message(5, text(1, "value"), message(5, tensor), integer(20, kinds.tensor)),
];

/** A `ValueInfoProto`: the name, element type and sizes of an input or output. */
export const valueInfo = (name: string, { dtype, shape }: GraphValue): Fields => [
  ...text(1, name),
  ...message(2, message(1, integer(1, elementType[dtype]), message(2, ...shape.map((size) => message(1, integer(1, size)))))),
];

/** A `TensorProto` that holds its numbers. */
export const inlineTensor = (name: string, dtype: DType, shape: Shape, data: Uint8Array): Fields => [
  ...integers(1, shape),
  ...integer(2, elementType[dtype]),
  ...text(8, name),
  ...bytes(9, data),
];

/** A `TensorProto` whose numbers lie elsewhere. */
export const externalTensor = (
  name: string,
  dtype: DType,
  shape: Shape,
  where: { readonly location: string; readonly offset: number; readonly length: number },
): Fields => [
  ...integers(1, shape),
  ...integer(2, elementType[dtype]),
  ...text(8, name),
  ...(["location", "offset", "length"] as const).flatMap((key) => message(13, text(1, key), text(2, String(where[key])))),
  ...integer(14, EXTERNAL),
];

/** What a model is made of. */
export interface ModelParts {
  readonly name: string;
  readonly nodes: readonly Fields[];
  readonly initializers: readonly Fields[];
  readonly inputs: readonly Fields[];
  readonly outputs: readonly Fields[];
  /** Version of each domain of operators. */
  readonly opsets: Readonly<Record<string, number>>;
}

/** The bytes of a `ModelProto`. */
export const model = ({ name, nodes, initializers, inputs, outputs, opsets }: ModelParts): Uint8Array<ArrayBuffer> =>
  joined(
    integer(1, 10), // the version of the format that opset 20 came with, and one more
    text(2, "foley-control"),
    message(
      7,
      ...nodes.map((fields) => message(1, fields)),
      text(2, name),
      ...initializers.map((fields) => message(5, fields)),
      ...inputs.map((fields) => message(11, fields)),
      ...outputs.map((fields) => message(12, fields)),
    ),
    ...Object.entries(opsets).map(([domain, version]) => message(8, text(1, domain), integer(2, version))),
  );
