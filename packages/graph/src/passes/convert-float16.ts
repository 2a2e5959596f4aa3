/**
 * A network in half precision: every node is computed in float16 or, on an island, in float32, with casts where the two meet. What
 * depends on parameters alone (weight norms) is computed in float32 and rounded once, when the graph is loaded.
 */
import { type DType, float32ToFloat16, type Graph, type GraphNode, type GraphValue } from "@foley-control/core";
import { arrayOf } from "../evaluate.js";
import { cast } from "../ops/functions.js";
import { constant, graph, node, nodesOf, parameter } from "../value.js";
import { varyingValues } from "./dependence.js";
import { type Float16IslandOptions, float32Nodes, isFloat, isMove } from "./float16-islands.js";

/** Largest number of float16: constants beyond it (masks) become it, not infinity, of which two make no number. */
const LARGEST = 65504;

type FloatType = "float32" | "float16";

/** Converts weights and activations; inputs and outputs keep their types. */
export function convertToFloat16(source: Graph, options: Float16IslandOptions): Graph {
  const order = nodesOf(source);
  const varying = varyingValues(source);
  const float32 = float32Nodes(source, options);
  const varies = (made: GraphNode) => made.inputs.some((value) => varying.has(value));
  const typeOf = (made: GraphNode): FloatType => (float32.has(made) ? "float32" : "float16");
  const outputs = Object.entries(source.outputs);
  const ends = outputs.map(([, value]) => value);
  const wanted = wantedTypes(order, ends, (made) => (varies(made) ? typeOf(made) : undefined));

  // One parameter has one type, float16 when that is all that is asked for.
  const storedAs = new Map<string, FloatType>();
  for (const [value, types] of wanted) {
    if (value.kind !== "parameter") continue;
    const before = storedAs.get(value.name ?? "");
    storedAs.set(value.name ?? "", types.has("float32") || before === "float32" ? "float32" : "float16");
  }

  const versions = new Map<GraphValue, Map<DType, GraphValue>>();
  const keep = (value: GraphValue, made: GraphValue) => {
    const known = versions.get(value) ?? new Map<DType, GraphValue>();
    versions.set(value, known.set(made.dtype, made));
    return made;
  };
  const get = (value: GraphValue, type: FloatType): GraphValue => {
    if (!isFloat(value)) return [...(versions.get(value)?.values() ?? [])][0] ?? value;
    const known = versions.get(value);
    const found = known?.get(type);
    if (found) return found;
    const other = [...(known?.values() ?? [])][0];
    if (other) return keep(value, cast(other, type));
    if (value.kind === "constant") return keep(value, type === value.dtype ? value : constantOf(value, type));
    if (value.kind === "parameter") {
      const stored = storedAs.get(value.name ?? "") ?? type;
      const held = stored === value.dtype ? value : parameter(value.name ?? "", value.shape, stored);
      return keep(value, cast(keep(value, held), type));
    }
    return keep(value, cast(keep(value, value), type));
  };
  const build = (made: GraphNode, type: FloatType) => {
    const inputs = made.inputs.map((value) => get(value, type));
    const rebuilt = outputsOf(made, inputs, type);
    for (const [i, value] of made.outputs.entries()) keep(value, rebuilt[i] as GraphValue);
  };
  for (const made of order) {
    if (varies(made)) build(made, typeOf(made));
    else if (!isMove(made.op)) build(made, "float32");
    else for (const type of wantedOf(wanted, made)) build(made, type);
  }
  const converted = outputs.map(([name, value]) => [
    name,
    isFloat(value) ? get(value, value.dtype as FloatType) : get(value, "float32"),
  ]);
  return graph(source.name, source.inputs, Object.fromEntries(converted));
}

/** Types in which each value will be read. Views of parameters pass on what is wanted of them. */
function wantedTypes(
  order: readonly GraphNode[],
  outputs: readonly GraphValue[],
  typeOf: (made: GraphNode) => FloatType | undefined,
): ReadonlyMap<GraphValue, ReadonlySet<FloatType>> {
  const wanted = new Map<GraphValue, Set<FloatType>>();
  const want = (value: GraphValue, type: FloatType) => wanted.set(value, (wanted.get(value) ?? new Set<FloatType>()).add(type));
  for (const value of outputs) if (isFloat(value)) want(value, value.dtype as FloatType);
  for (const made of [...order].reverse()) {
    const type = typeOf(made);
    const types = type ? [type] : isMove(made.op) ? [...wantedOf(wanted, made)] : (["float32"] as const);
    for (const value of made.inputs) if (isFloat(value)) for (const one of types) want(value, one);
  }
  return wanted;
}

/** Types wanted of any output of a node; of one that makes no floating-point numbers, float32. */
function wantedOf(wanted: ReadonlyMap<GraphValue, ReadonlySet<FloatType>>, made: GraphNode): ReadonlySet<FloatType> {
  const types = new Set(made.outputs.flatMap((value) => [...(wanted.get(value) ?? [])]));
  return types.size > 0 ? types : new Set(["float32"]);
}

/** Outputs of a node on converted inputs. A cast between floating-point types is none any more. */
function outputsOf(made: GraphNode, inputs: readonly GraphValue[], type: FloatType): readonly GraphValue[] {
  const [x, y] = [inputs[0] as GraphValue, made.outputs[0] as GraphValue];
  if (made.op === "Cast" && isFloat(y)) return [cast(x, isFloat(x) ? type : (y.dtype as FloatType))];
  const labels = made.outputs.map((value) => value.name);
  return node(made.op, inputs, made.attributes, labels);
}

function constantOf(value: GraphValue, type: FloatType): GraphValue {
  const numbers = Float32Array.from(arrayOf(value).data);
  if (type === "float32") return constant(numbers, value.shape, type);
  const held = numbers.map((x) => (Number.isFinite(x) ? Math.max(-LARGEST, Math.min(LARGEST, x)) : x));
  return constant(float32ToFloat16(held), value.shape, type);
}
