/**
 * Graph → ONNX model. Parameters become initializers with external data, so that a runtime reads them where they lie;
 * attributes that ONNX wants as tensors (shapes, axes, slices) become small inline initializers.
 */
import {
  assertHas,
  type DType,
  FoleyError,
  type Graph,
  type GraphAttribute,
  type GraphNode,
  type GraphValue,
  type Shape,
} from "@foley-control/core";
import { nodesOf, parametersOf } from "../value.js";
import { elementType } from "./element-type.js";
import { constantNode, externalTensor, inlineTensor, model, node, valueInfo } from "./messages.js";
import type { Fields } from "./wire.js";

/** Opset of the standard domain that is written. */
const ONNX_OPSET = 20;

/** Where a parameter's bytes are, in ONNX external-data terms. */
export interface ExternalLocation {
  /** File name, or the key under which the bytes are handed to the runtime. */
  readonly location: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** Element type as stored; when it is not the graph's, a cast is written behind it. Default: the graph's. */
  readonly dtype?: DType;
}

/** Options of {@link toOnnx}. */
export interface OnnxOptions {
  /** Location of each parameter; without it a parameter becomes a graph input. */
  readonly external?: (name: string, parameter: GraphValue) => ExternalLocation | undefined;
  /**
   * Writes x·Wᵀ with a parameter W as one `com.microsoft.FusedMatMul`, so that a runtime need not hold a transposed copy of every
   * weight. Only for runtimes that have the kernel. Default false.
   */
  readonly fuseTransposed?: boolean;
}

/** Serialises a graph. Deterministic: the same graph gives the same bytes. */
export function toOnnx(source: Graph, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  assertHas("source", source, "outputs", "a graph", "Pass what graph() made.");
  const names = new Map<GraphValue, string>();
  const used = new Set<string>();
  const repeats = new Map<string, number>();
  const fresh = (wish: string) => {
    let name = wish;
    let count = repeats.get(wish) ?? 0;
    while (used.has(name)) name = `${wish}~${++count}`;
    repeats.set(wish, count);
    used.add(name);
    return name;
  };
  // The graph's interface has its names first; whatever is inside gets out of the way.
  const interfaceNames = new Set([...source.inputs.map((value) => value.name ?? ""), ...parametersOf(source).keys()]);
  for (const name of Object.keys(source.outputs)) {
    if (interfaceNames.has(name)) {
      throw new FoleyError(
        "invalid-argument",
        `The output name "${name}" of "${source.name}" is also the name of an input or parameter.`,
      );
    }
    used.add(name);
  }
  const inputs: Fields[] = [];
  const initializers: Fields[] = [];
  const nodes: Fields[] = [];

  for (const value of source.inputs) {
    names.set(value, fresh(value.name ?? "input"));
    inputs.push(valueInfo(names.get(value) as string, value));
  }
  const byName = new Map<string, string>();
  for (const [name, value] of parametersOf(source)) {
    const location = options.external?.(name, value);
    const own = fresh(name);
    if (!location) {
      inputs.push(valueInfo(own, value));
      byName.set(name, own);
      continue;
    }
    const stored = location.dtype ?? value.dtype;
    initializers.push(externalTensor(own, stored, value.shape, location));
    if (stored === value.dtype) byName.set(name, own);
    else {
      const castTo = fresh(`${name}.${value.dtype}`);
      nodes.push(operation("Cast", [own], [castTo], { to: elementType[value.dtype] }));
      byName.set(name, castTo);
    }
  }

  const inlineNames = new Map<string, string>();
  const integers = (label: string, list: readonly number[], shape: Shape = [list.length]) => {
    const key = `${shape.join("x")}:${list.join()}`;
    const known = inlineNames.get(key);
    if (known) return known;
    const name = fresh(label);
    initializers.push(inlineTensor(name, "int64", shape, new Uint8Array(BigInt64Array.from(list, BigInt).buffer)));
    inlineNames.set(key, name);
    return name;
  };
  const nameOf = (value: GraphValue): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    let name: string;
    if (value.kind === "parameter") name = byName.get(value.name ?? "") as string;
    else if (value.kind === "constant") {
      name = fresh("constant");
      const data = value.data as Float32Array;
      // A node, not an initializer: what is read back is a constant again, and not a parameter.
      const bytes = new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer);
      nodes.push(constantNode(name, inlineTensor("", value.dtype, value.shape, bytes)));
    } else name = fresh(value.name ?? `${value.node?.op ?? "value"}`);
    names.set(value, name);
    return name;
  };

  const read = new Set<GraphValue>(Object.values(source.outputs));
  const order = withoutFolded(source, (made) => foldedInputs(made, options));
  for (const made of order) for (const value of made.inputs) read.add(value);
  for (const made of order) {
    const squared = squaredParameter(made);
    const weight = options.fuseTransposed ? transposedParameter(made) : undefined;
    if (weight)
      nodes.push(
        operation(
          "FusedMatMul",
          [nameOf(made.inputs[0] as GraphValue), nameOf(weight)],
          made.outputs.map(nameOf),
          { transA: 0, transB: 1 },
          { alpha: 1 },
          "com.microsoft",
        ),
      );
    else if (squared)
      nodes.push(
        operation(
          "ReduceSumSquare",
          [nameOf(squared), integers("axes", made.attributes.axes as readonly number[])],
          made.outputs.map(nameOf),
          { keepdims: made.attributes.keepdims as number },
        ),
      );
    else nodes.push(...emit(made, nameOf, integers, (value) => read.has(value)));
  }

  const outputs = Object.entries(source.outputs).map(([name, value]) => {
    // Every output gets a node of its own, so that two outputs may be one value and an output may be an input.
    nodes.push(operation("Identity", [nameOf(value)], [name], {}));
    return valueInfo(name, value);
  });
  const opsets = { "": ONNX_OPSET, "com.microsoft": 1 };
  return model({ name: source.name, nodes, initializers, inputs, outputs, opsets });
}

/** W of a product x·Wᵀ with a matrix of parameters. */
function transposedParameter(made: GraphNode): GraphValue | undefined {
  const turned = made.op === "MatMul" ? made.inputs[1]?.node : undefined;
  const weight = turned?.op === "Transpose" ? turned.inputs[0] : undefined;
  return weight?.kind === "parameter" && weight.shape.length === 2 ? weight : undefined;
}

/** W of a sum of its squares. A runtime computes it when it loads the graph, and would hold the squares of every weight as long as the graph. */
function squaredParameter(made: GraphNode): GraphValue | undefined {
  const square = made.op === "ReduceSum" ? made.inputs[0]?.node : undefined;
  const [weight, again] = square?.op === "Mul" ? square.inputs : [];
  return weight?.kind === "parameter" && weight === again && weight.dtype === "float32" ? weight : undefined;
}

/** What a node reads once an op in front of it is folded into it; `undefined` when none is. */
function foldedInputs(made: GraphNode, { fuseTransposed }: OnnxOptions): readonly GraphValue[] | undefined {
  if (fuseTransposed && transposedParameter(made)) return made.inputs.slice(0, 1);
  return squaredParameter(made) && [];
}

/** The nodes that are written: those that were folded and that nothing else reads are gone. */
function withoutFolded(source: Graph, folded: (made: GraphNode) => readonly GraphValue[] | undefined): readonly GraphNode[] {
  const order = nodesOf(source);
  const read = new Set<GraphValue>([...Object.values(source.outputs), ...order.flatMap((made) => folded(made) ?? made.inputs)]);
  const away = new Set(order.flatMap((made) => (folded(made) ? made.inputs : [])));
  return order.filter((made) => made.outputs.some((value) => !away.has(value) || read.has(value)));
}

function emit(
  made: GraphNode,
  nameOf: (value: GraphValue) => string,
  integers: (label: string, list: readonly number[], shape?: Shape) => string,
  isRead: (value: GraphValue) => boolean,
) {
  const inputs = made.inputs.map(nameOf);
  // Only the statistics of LayerNormalization are optional, from the end; ONNX Runtime wants every part of a Split named.
  const last =
    made.op === "LayerNormalization"
      ? made.outputs.reduce((end, value, i) => (isRead(value) ? i + 1 : end), 1)
      : made.outputs.length;
  const outputs = made.outputs.slice(0, last).map(nameOf);
  const a = made.attributes;
  const axis = a.axis as number;
  const one = (label: string, n: GraphAttribute | undefined) => integers(label, [n as number]);
  const simple = (attributes: Record<string, GraphAttribute> = {}) => [operation(made.op, inputs, outputs, attributes)];
  switch (made.op) {
    case "Detach":
      return [operation("Identity", inputs, outputs, {})];
    case "Cast":
      return simple({ to: elementType[a.to as DType] });
    case "Reshape":
      // Without that a size of 0 would copy the input's.
      return [operation("Reshape", [...inputs, integers("shape", a.shape as readonly number[])], outputs, zeroKept(a))];
    case "Expand":
      // ONNX Runtime makes nothing out of something as large as it was.
      if ((made.outputs[0] as GraphValue).shape.includes(0))
        return [emptyNode(outputs[0] as string, made.outputs[0] as GraphValue)];
      return [operation("Expand", [...inputs, integers("shape", a.shape as readonly number[])], outputs, {})];
    case "Split":
      return [operation("Split", [...inputs, integers("split", a.split as readonly number[])], outputs, { axis })];
    case "Slice":
      return [
        operation(
          "Slice",
          [...inputs, one("starts", a.start), one("ends", a.end), one("axes", axis), one("steps", a.step)],
          outputs,
          {},
        ),
      ];
    case "Pad": {
      const rank = (made.inputs[0] as GraphValue).shape.length;
      const pads = new Array<number>(2 * rank).fill(0);
      pads[axis] = a.before as number;
      pads[axis + rank] = a.after as number;
      return [operation("Pad", [...inputs, integers("pads", pads)], outputs, { mode: "constant" })];
    }
    case "ReduceSum":
    case "ReduceMean":
    case "ReduceMax":
    case "ReduceMin":
      return [
        operation(made.op, [...inputs, integers("axes", a.axes as readonly number[])], outputs, {
          keepdims: a.keepdims as number,
        }),
      ];
    case "TopK":
      return [operation("TopK", [...inputs, one("k", a.k)], outputs, { axis: -1, largest: a.largest as number, sorted: 1 })];
    case "LayerNormalization":
      return [operation(made.op, inputs, outputs, { axis: -1 }, { epsilon: a.epsilon as number })];
    case "MultiHeadAttention":
      return [
        operation(made.op, inputs, outputs, { num_heads: a.num_heads as number }, { scale: a.scale as number }, "com.microsoft"),
      ];
    case "MatMulNBits": {
      const [x, values] = made.inputs as readonly [GraphValue, GraphValue];
      const { block_size, accuracy_level } = a as Readonly<Record<string, number>>;
      const sizes = { K: x.shape[x.shape.length - 1] as number, N: values.shape[0] as number, bits: 8 };
      const attributes = { ...sizes, block_size: block_size as number, accuracy_level: accuracy_level as number };
      return [operation(made.op, inputs, outputs, attributes, {}, "com.microsoft")];
    }
    case "RotaryEmbedding": {
      // Rows are positions 0, 1, 2, …: the tables hold the angles.
      const rotated = 2 * ((made.inputs[1] as GraphValue).shape[1] as number);
      const { num_heads, interleaved } = a as Readonly<Record<string, number>>;
      const attributes = { num_heads: num_heads as number, interleaved: interleaved as number, rotary_embedding_dim: rotated };
      const [x, ...tables] = inputs as [string, string, string];
      return [operation(made.op, [x, integers("positions", [0]), ...tables], outputs, attributes, {}, "com.microsoft")];
    }
    case "Mod":
      return simple({ fmod: 1 });
    case "Gelu":
      return simple({ approximate: "none" });
    default:
      return simple(a as Record<string, GraphAttribute>);
  }
}

const zeroKept = (a: GraphNode["attributes"]): Readonly<Record<string, number>> =>
  (a.shape as readonly number[]).includes(0) ? { allowzero: 1 } : {};

function operation(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, GraphAttribute>>,
  floats: Readonly<Record<string, number>> = {},
  domain = "",
): Fields {
  return node({ op, inputs, outputs, attributes, floats, domain });
}

const emptyNode = (name: string, { dtype, shape }: GraphValue): Fields =>
  constantNode(name, inlineTensor("", dtype, shape, new Uint8Array(0)));
