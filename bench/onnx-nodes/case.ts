/** One folder of a test as ONNX's own are laid out: a model, numbers for its inputs, and the right outputs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type DType, elementCount, float32ToFloat16, type TensorData, typedArrayOf } from "@foley-control/core";
import { GraphProtoSchema, ModelProtoSchema, type TensorProto, TensorProto_DataType, TensorProtoSchema } from "onnx-buf";

/** A tensor with its numbers. */
export interface Numbers {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData[DType];
}

/** One test. */
export interface NodeCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly inputs: readonly Numbers[];
  readonly outputs: readonly Numbers[];
  /** Relative and absolute tolerance. */
  readonly tolerance: readonly [number, number];
}

const DTYPES: Readonly<Record<number, DType>> = {
  [TensorProto_DataType.FLOAT]: "float32",
  [TensorProto_DataType.FLOAT16]: "float16",
  [TensorProto_DataType.INT64]: "int64",
  [TensorProto_DataType.INT32]: "int32",
  [TensorProto_DataType.INT8]: "int8",
  [TensorProto_DataType.UINT8]: "uint8",
  [TensorProto_DataType.BOOL]: "bool",
};

function numbersOf(tensor: TensorProto): Numbers | undefined {
  const dtype = DTYPES[tensor.dataType];
  if (!dtype) return undefined;
  const shape = tensor.dims.map(Number);
  const { name, rawData, floatData, int32Data, int64Data } = tensor;
  const typed = (): TensorData[DType] => {
    if (dtype === "float32") return Float32Array.from(floatData);
    if (dtype === "float16")
      return int32Data.length > 0 ? Uint16Array.from(int32Data) : float32ToFloat16(Float32Array.from(floatData));
    if (dtype === "int64") return BigInt64Array.from(int64Data);
    if (dtype === "int32") return Int32Array.from(int32Data);
    return dtype === "int8" ? Int8Array.from(int32Data) : Uint8Array.from(int32Data);
  };
  const data = rawData.length > 0 || elementCount(shape) === 0 ? typedArrayOf(dtype, rawData.slice()) : typed();
  return { name, dtype, shape, data };
}

/** The tensors of one kind, in order; `undefined` when one is no tensor, or of a type that no network here has. */
function tensorsOf(folder: string, kind: string): readonly Numbers[] | undefined {
  const found: Numbers[] = [];
  for (let i = 0; ; i++) {
    const path = join(folder, `${kind}_${i}`);
    if (existsSync(`${path}.other`)) return undefined;
    if (!existsSync(`${path}.pb`)) return found;
    const numbers = numbersOf(fromBinary(TensorProtoSchema, readFileSync(`${path}.pb`)));
    if (!numbers) return undefined;
    found.push(numbers);
  }
}

/** The tests of a folder that are about tensors of types that are known here; the others are counted. */
export function casesOf(
  folder: string,
  words: readonly string[],
): { readonly cases: readonly NodeCase[]; readonly others: number } {
  const cases: NodeCase[] = [];
  let others = 0;
  for (const name of readdirSync(folder).sort()) {
    if (!words.every((word) => name.includes(word)) || !existsSync(join(folder, name, "model.onnx"))) continue;
    const bytes = new Uint8Array(readFileSync(join(folder, name, "model.onnx")));
    const graph = fromBinary(ModelProtoSchema, bytes).graph;
    const inputs = tensorsOf(join(folder, name, "test_data_set_0"), "input");
    const outputs = tensorsOf(join(folder, name, "test_data_set_0"), "output");
    if (!graph || !inputs || !outputs) {
      others++;
      continue;
    }
    const initializers = new Set(graph.initializer.map((one) => one.name));
    const free = graph.input.filter((one) => !initializers.has(one.name));
    const named = (list: readonly Numbers[], infos: readonly { readonly name: string }[]) =>
      list.map((one, i) => ({ ...one, name: infos[i]?.name ?? one.name }));
    const tolerance = existsSync(join(folder, name, "tolerance"))
      ? readFileSync(join(folder, name, "tolerance"), "utf8")
          .split(" ")
          .map(Number)
      : [1e-3, 1e-5];
    cases.push({
      name,
      bytes,
      inputs: named(inputs, free),
      outputs: named(outputs, graph.output),
      tolerance: [tolerance[0] ?? 1e-3, tolerance[1] ?? 1e-7],
    });
  }
  return { cases, others };
}

/** The model with some of its inputs fixed: real exports have shapes, axes and scales as constants, and these tests as inputs. */
export function withFixed({ bytes, inputs }: NodeCase, fixed: ReadonlySet<string>): Uint8Array {
  const initializer = inputs
    .filter(({ name }) => fixed.has(name))
    .map(({ name, dtype, shape, data }) =>
      create(TensorProtoSchema, {
        name,
        dims: shape.map(BigInt),
        dataType: Number(Object.keys(DTYPES).find((type) => DTYPES[Number(type)] === dtype)),
        rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
      }),
    );
  // Messages that follow each other are one message.
  const more = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: create(GraphProtoSchema, { initializer }) }));
  return new Uint8Array(Buffer.concat([bytes, more]));
}
