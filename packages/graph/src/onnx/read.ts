/**
 * ONNX model → graph. Initializers stay parameters under their names and are read in place; value names become labels, so
 * that `splice` finds them; what merely computes shapes is folded away. Files are data from strangers: everything is checked.
 */
import { fromBinary } from "@bufbuild/protobuf";
import {
  elementCount,
  FoleyError,
  type Graph,
  type GraphValue,
  type ParameterSource,
  parameterTensor,
  type StoredParameter,
} from "@foley-control/core";
import { type GraphProto, ModelProtoSchema, type NodeProto, type TensorProto, type ValueInfoProto } from "onnx-buf";
import { constant, graph, input, named, node, parameter, parametersOf } from "../value.js";
import { knownNumbers } from "./fold.js";
import { computeImporters, type Importer } from "./import-compute.js";
import { layoutImporters } from "./import-layout.js";
import { importedNode, whatOf } from "./read-node.js";
import { checkedDtype, checkedShape, type ExternalData, readTensor } from "./read-tensor.js";

/** Op sets of the standard domain that are read. */
const ONNX_OPSETS_READ: readonly [number, number] = [9, 21];

/** Options of {@link graphFromOnnx}. */
export interface OnnxReadOptions {
  /**
   * Sizes that the file leaves open: a number per symbol (`{ batch: 1 }`), or a whole shape per input
   * (`{ latents: [1, 64, 1024] }`), which must agree with the sizes that the file fixes.
   */
  readonly shapes?: Readonly<Record<string, number | readonly number[]>>;
  /** Finds the file of external data. Default: the location itself is the path. */
  readonly externalData?: ExternalData;
}

/** What {@link graphFromOnnx} returns. */
export interface ImportedGraph {
  /** The network: inputs and outputs named as in the file, value names as labels. */
  readonly graph: Graph;
  /** Bytes of exactly the parameters that the graph reads, in the file or in external files. */
  readonly weights: ParameterSource;
}

const importers: Readonly<Record<string, Importer>> = { ...computeImporters, ...layoutImporters };

/** Integer initializers up to this many elements are constants: axes, shapes and indices that the graph is made from. */
const INLINE_ELEMENTS = 2 ** 16;

/**
 * Reads a model.
 *
 * @param bytes - The `.onnx` file.
 * @throws FoleyError `bad-file` for a file that is damaged or points outside its folder; `unsupported` naming the op and the
 *   node that the op table does not know; `invalid-argument` when `options.shapes` lacks a size or contradicts the file.
 */
export function graphFromOnnx(bytes: Uint8Array, options: OnnxReadOptions = {}): ImportedGraph {
  const { graph: source, opset } = parse(bytes);
  const externalData = options.externalData ?? ((location) => location);
  const initializers = new Map<string, TensorProto>(source.initializer.map((tensor) => [tensor.name, tensor]));
  const stored = new Map<string, StoredParameter>();
  const values = new Map<string, GraphValue>();
  const define = (name: string, value: GraphValue) => {
    if (values.has(name)) throw new FoleyError("bad-file", `The model defines the value "${name}" twice.`);
    values.set(name, value);
  };

  // Old files list initializers among the inputs, as defaults; they are parameters all the same.
  const inputs = source.input.filter(({ name }) => !initializers.has(name)).map((info) => inputOf(info, options.shapes ?? {}));
  for (const value of inputs) define(value.name ?? "", value);
  for (const [name, tensor] of initializers) {
    const one = readTensor(tensor, `The initializer "${name}"`, externalData);
    const isData = one.dtype.startsWith("float") || one.bytes.kind === "file" || elementCount(one.shape) > INLINE_ELEMENTS;
    if (isData) stored.set(name, one);
    define(name, isData ? parameter(name, one.shape, one.dtype) : constantOf(name, one));
  }

  const lookup = (name: string): GraphValue => {
    const value = values.get(name);
    if (!value) throw new FoleyError("bad-file", `The model uses the value "${name}" before or without defining it.`);
    return value;
  };
  const outputNames = new Set(source.output.map(({ name }) => name));
  for (const made of source.node) {
    const results = translate(made, opset, lookup, stored);
    const labelled = withLabels(made, results, outputNames);
    made.output.forEach((name, i) => {
      if (name === "") return;
      const value = labelled[i];
      if (!value) throw new FoleyError("unsupported", `${whatOf(made)}: its output ${i} is not supported.`);
      checkedShape(value.shape, `The value "${name}"`);
      define(name, value);
    });
  }
  if (outputNames.size !== source.output.length) throw new FoleyError("bad-file", "The model names an output twice.");
  const outputs = Object.fromEntries([...outputNames].map((name) => [name, lookup(name)]));
  const made = graph(source.name || "onnx", inputs, outputs);
  const read = [...parametersOf(made).keys()];
  return { graph: made, weights: { names: () => read, get: (name) => (read.includes(name) ? stored.get(name) : undefined) } };
}

function parse(bytes: Uint8Array): { readonly graph: GraphProto; readonly opset: number } {
  let model: ReturnType<typeof fromBinary<typeof ModelProtoSchema>>;
  try {
    model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FoleyError("bad-file", `This is no ONNX model, or it is cut short: ${why}.`, { cause });
  }
  if (!model.graph || model.graph.output.length === 0) {
    throw new FoleyError("bad-file", "This is no ONNX model: it holds no graph with outputs.");
  }
  const standard = model.opsetImport.filter(({ domain }) => domain === "" || domain === "ai.onnx");
  const opset = Number(standard[0]?.version ?? 0n);
  const [low, high] = ONNX_OPSETS_READ;
  if (opset < low || opset > high) {
    throw new FoleyError("unsupported", `The model uses op set ${opset}; ${low} to ${high} are read.`, {
      hint: "Convert it with onnx.version_converter, or export it again.",
    });
  }
  return { graph: model.graph, opset };
}

function inputOf(info: ValueInfoProto, shapes: Readonly<Record<string, number | readonly number[]>>): GraphValue {
  const what = `The input "${info.name}"`;
  const type = info.type?.value;
  if (type?.case !== "tensorType") throw new FoleyError("unsupported", `${what} is no tensor.`);
  const dtype = checkedDtype(type.value.elemType, what);
  const dims = type.value.shape?.dim;
  const whole = Object.hasOwn(shapes, info.name) ? shapes[info.name] : undefined;
  if (!dims && !Array.isArray(whole))
    throw missing(what, "has no shape", `Give it: { shapes: { ${JSON.stringify(info.name)}: […] } }.`);
  if (Array.isArray(whole) && dims && whole.length !== dims.length) {
    throw new FoleyError(
      "invalid-argument",
      `options.shapes gives ${what.toLowerCase()} ${whole.length} axes; the file gives it ${dims.length}.`,
    );
  }
  const sizes = (dims ?? (whole as readonly number[]).map(() => undefined)).map((dim, axis) => {
    const wish = Array.isArray(whole) ? (whole[axis] as number) : undefined;
    if (dim?.value.case === "dimValue") {
      if (wish !== undefined && BigInt(wish) !== dim.value.value) {
        throw new FoleyError(
          "invalid-argument",
          `options.shapes gives axis ${axis} of ${what.toLowerCase()} the size ${wish}; the file fixes it to ${dim.value.value}.`,
        );
      }
      return dim.value.value;
    }
    const symbol = dim?.value.case === "dimParam" ? dim.value.value : "";
    const size = wish ?? (Object.hasOwn(shapes, symbol) ? shapes[symbol] : undefined);
    if (typeof size === "number") return size;
    const open = `leaves the size of axis ${axis} open${symbol ? ` ("${symbol}")` : ""}`;
    throw missing(what, open, `Give it: { shapes: { ${JSON.stringify(symbol || info.name)}: ${symbol ? "…" : "[…]"} } }.`);
  });
  return input(info.name, checkedShape(sizes, what), dtype);
}

const missing = (what: string, why: string, hint: string) => new FoleyError("invalid-argument", `${what} ${why}.`, { hint });

function constantOf(name: string, stored: StoredParameter): GraphValue {
  const { data, shape, dtype } = parameterTensor(name, stored);
  return constant(data.slice(), shape, dtype);
}

function translate(
  made: NodeProto,
  opset: number,
  lookup: (name: string) => GraphValue,
  stored: ReadonlyMap<string, StoredParameter>,
): readonly (GraphValue | undefined)[] {
  const known = ["", "ai.onnx", "com.microsoft"].includes(made.domain) && Object.hasOwn(importers, made.opType);
  if (!known) {
    const op = `${made.domain ? `${made.domain}.` : ""}${made.opType}`;
    throw new FoleyError("unsupported", `${whatOf(made)}: the op ${op} is not supported.`, {
      hint: `Known ops: ${Object.keys(importers).sort().join(", ")}.`,
    });
  }
  try {
    const view = importedNode(made, opset, lookup, (value) => knownNumbers(value, stored));
    return (importers[made.opType] as Importer)(view).map((value) => value && folded(value, stored));
  } catch (cause) {
    if (FoleyError.isInstance(cause) && (cause.code === "unsupported" || cause.code === "bad-file")) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FoleyError("bad-file", `${whatOf(made)} does not fit its inputs: ${why}`, { cause });
  }
}

/** Integers that depend on constants alone become constants: that is how shapes are computed in exported models. */
function folded(value: GraphValue, stored: ReadonlyMap<string, StoredParameter>): GraphValue {
  if (value.kind !== "node" || (value.dtype !== "int64" && value.dtype !== "int32" && value.dtype !== "bool")) return value;
  const numbers = knownNumbers(value, stored);
  if (!numbers) return value;
  if (value.dtype === "int64") return constant(BigInt64Array.from(numbers, BigInt), value.shape, "int64");
  return value.dtype === "int32"
    ? constant(Int32Array.from(numbers), value.shape, "int32")
    : constant(Uint8Array.from(numbers), value.shape, "bool");
}

/**
 * Value names become labels. A node that is new carries them itself (every value that was defined before has a label); what a
 * node merely hands on gets an Identity for its label, unless the name is an output of the graph.
 */
function withLabels(
  made: NodeProto,
  results: readonly (GraphValue | undefined)[],
  outputNames: ReadonlySet<string>,
): readonly (GraphValue | undefined)[] {
  const inner = results[0]?.node;
  if (inner?.outputs.every((value) => value.name === undefined) && results.every((value) => !value || value.node === inner)) {
    const labels = inner.outputs.map((value) => made.output[results.indexOf(value)] || undefined);
    const outputs = node(inner.op, inner.inputs, inner.attributes, labels);
    return results.map((value) => value && outputs[value.index as number]);
  }
  return results.map((value, i) => {
    const name = made.output[i];
    const isAlias = value && value.kind !== "constant" && name && !outputNames.has(name);
    return isAlias ? named(value, name) : value;
  });
}
