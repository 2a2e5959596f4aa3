/**
 * ONNX model → graph. Initializers stay parameters under their names and are read in place; value names become labels, so
 * that `splice` finds them; what merely computes shapes is folded away. Files are data from strangers: everything is checked.
 */
import { fromBinary } from "@bufbuild/protobuf";
import { assertKind, FoleyError, type Graph, type ParameterSource } from "@foley-control/core";
import { type FunctionProto, type GraphProto, ModelProtoSchema } from "onnx-buf";
import { graph, parametersOf } from "../value.js";
import { checkExtent } from "./extent.js";
import { inputsOf } from "./inputs.js";
import { NodeReader, opsetOf } from "./read-nodes.js";
import type { ExternalData } from "./read-tensor.js";

/** Options of {@link graphFromOnnx}. */
export interface OnnxReadOptions {
  /**
   * Sizes that the file leaves open: a number per symbol (`{ batch: 1 }`), or a whole shape per input
   * (`{ latents: [1, 64, 1024] }`), which must agree with the sizes that the file fixes, and gives its symbols a size for the other inputs.
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

/**
 * Reads a model.
 *
 * @param bytes - The `.onnx` file.
 * @throws FoleyError `bad-file` for a file that is damaged, points outside its folder or would compute without end; `unsupported` naming the
 *   op and the node that the op table does not know and an output needs; `invalid-argument` when `options.shapes` lacks a size or
 *   contradicts the file.
 */
export function graphFromOnnx(bytes: Uint8Array, options: OnnxReadOptions = {}): ImportedGraph {
  assertKind("bytes", bytes, "bytes", "Read the file first and pass its bytes.");
  const { graph: source, opset, functions } = parse(bytes);
  const initializers = new Set(source.initializer.map(({ name }) => name));
  // Old files list initializers among the inputs, as defaults; they are parameters all the same.
  const inputs = inputsOf(
    source.input.filter(({ name }) => !initializers.has(name)),
    options.shapes ?? {},
  );
  const reader = new NodeReader(functions, opset, options.externalData ?? ((location) => location));
  const outputNames = new Set(source.output.map(({ name }) => name));
  if (outputNames.size !== source.output.length) throw new FoleyError("bad-file", "The model names an output twice.");
  const outputs = Object.fromEntries(reader.results(source, inputs, [...outputNames]));
  const made = graph(source.name || "onnx", inputs, outputs);
  const read = new Set(parametersOf(made).keys());
  return {
    graph: made,
    weights: { names: () => [...read], get: (name) => (read.has(name) ? reader.stored.get(name) : undefined) },
  };
}

interface ParsedModel {
  readonly graph: GraphProto;
  readonly opset: number;
  readonly functions: readonly FunctionProto[];
}

function parse(bytes: Uint8Array): ParsedModel {
  checkExtent(bytes);
  let model: ReturnType<typeof fromBinary<typeof ModelProtoSchema>>;
  try {
    model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FoleyError("bad-file", `This is no ONNX model, or it is cut short: ${why}.`, {
      hint: "Export or copy it again.",
      cause,
    });
  }
  if (!model.graph || model.graph.output.length === 0) {
    throw new FoleyError("bad-file", "This is no ONNX model: it holds no graph with outputs.", {
      hint: "Export it again.",
    });
  }
  return { graph: model.graph, opset: opsetOf(model.opsetImport, "The model"), functions: model.functions };
}
