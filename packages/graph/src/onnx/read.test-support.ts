/** ONNX models put together node by node, right ones and wrong ones, and what an import of them computes. */
import { create, toBinary } from "@bufbuild/protobuf";
import { FoleyError, parameterTensor } from "@foley-control/core";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { evaluate } from "../evaluate.js";
import { graphFromOnnx, type ImportedGraph, type OnnxReadOptions } from "./read.js";

type Feeds = Readonly<Record<string, ArrayLike<number>>>;
export const flat = (results: ReturnType<typeof evaluate>) =>
  Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));

/** Numbers of the parameters that an import found in memory. */
export function weightsOf({ weights }: ImportedGraph): Record<string, ArrayLike<number>> {
  const entries = weights.names().map((name) => {
    const stored = weights.get(name);
    if (!stored) throw new Error(name);
    return [name, Array.from(parameterTensor(name, stored).data as ArrayLike<number | bigint>, Number)] as const;
  });
  return Object.fromEntries(entries);
}
export const evaluated = (found: ImportedGraph, feeds: Feeds) => flat(evaluate(found.graph, { ...weightsOf(found), ...feeds }));

/** A model as other exporters write it. */
export interface Written {
  readonly nodes: readonly WrittenNode[];
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly initializers?: readonly Parameters<typeof create<typeof TensorProtoSchema>>[1][];
  readonly outputs?: readonly string[];
  readonly opset?: number;
}
interface WrittenNode {
  readonly op: string;
  readonly in: readonly string[];
  readonly out?: readonly string[];
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly text?: Readonly<Record<string, string>>;
  readonly domain?: string;
}

export const float32 = TensorProto_DataType.FLOAT;
const info = (name: string, dims: readonly (number | string)[] | undefined) =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: float32,
          ...(dims && {
            shape: {
              dim: dims.map((dim) => ({
                value:
                  typeof dim === "number"
                    ? { case: "dimValue" as const, value: BigInt(dim) }
                    : { case: "dimParam" as const, value: dim },
              })),
            },
          }),
        },
      },
    },
  });

export function model({ nodes, inputs = { x: [2, 3, 4] }, initializers = [], outputs = ["y"], opset = 18 }: Written): Uint8Array {
  const node = (one: WrittenNode, i: number) =>
    create(NodeProtoSchema, {
      opType: one.op,
      domain: one.domain ?? "",
      name: `/${one.op}_${i}`,
      input: [...one.in],
      output: [...(one.out ?? ["y"])],
      attribute: [
        ...Object.entries(one.ints ?? {}).map(([name, value]) =>
          create(
            AttributeProtoSchema,
            typeof value === "number"
              ? { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }
              : { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) },
          ),
        ),
        ...Object.entries(one.floats ?? {}).map(([name, f32]) =>
          create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: f32 }),
        ),
        ...Object.entries(one.text ?? {}).map(([name, s]) =>
          create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s: new TextEncoder().encode(s) }),
        ),
      ],
    });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: "", version: BigInt(opset) },
        { domain: "com.microsoft", version: 1n },
      ],
      graph: {
        name: "g",
        node: nodes.map(node),
        input: Object.entries(inputs).map(([name, dims]) => info(name, dims)),
        output: outputs.map((name) => info(name, undefined)),
        initializer: initializers.map((tensor) => create(TensorProtoSchema, tensor)),
      },
    }),
  );
}

export const ints = (name: string, values: readonly number[], dims = [values.length]) => ({
  name,
  dims: dims.map(BigInt),
  dataType: TensorProto_DataType.INT64,
  int64Data: values.map(BigInt),
});
export const floats = (name: string, values: readonly number[], dims = [values.length]) => ({
  name,
  dims: dims.map(BigInt),
  dataType: float32,
  floatData: [...values],
});

export function caught(bytes: Uint8Array, options?: OnnxReadOptions): FoleyError {
  try {
    graphFromOnnx(bytes, options);
  } catch (error) {
    if (FoleyError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
