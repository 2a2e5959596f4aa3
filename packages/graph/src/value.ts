/** Leaves and nodes of a graph. Everything is immutable; a value is compared by reference. */
import {
  assertHas,
  assertKind,
  type DType,
  elementCount,
  FoleyError,
  type Graph,
  type GraphAttribute,
  type GraphNode,
  type GraphValue,
  type Shape,
  sameShape,
  type TensorData,
} from "@foley-control/core";
import { definitionOf } from "./ops/table.js";

/** A graph input. `name` must be unique within the graph. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): GraphValue {
  return { kind: "input", name, dtype, shape };
}

/** A trainable or loaded parameter, named exactly as in the checkpoint it comes from. */
export function parameter(name: string, shape: Shape, dtype: DType = "float32"): GraphValue {
  return { kind: "parameter", name, dtype, shape };
}

/** A constant with its data inline. */
export function constant<D extends DType>(data: TensorData[D], shape: Shape, dtype: D): GraphValue {
  const size = elementCount(shape);
  if (data.length !== size) {
    throw new FoleyError(
      "shape-mismatch",
      `A constant of shape [${shape.join(", ")}] needs ${size} elements, ${data.length} were given.`,
    );
  }
  return { kind: "constant", dtype, shape, data };
}

/** A float32 constant; a bare number is a scalar. */
export function float(values: number | readonly number[] | Float32Array, shape?: Shape): GraphValue {
  if (typeof values === "number") return constant(new Float32Array([values]), shape ?? [], "float32");
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  return constant(data, shape ?? [data.length], "float32");
}

/**
 * Makes one node of the op table and returns all its outputs; the shape rule checks the inputs.
 *
 * @param labels - Labels of the outputs, see {@link named}.
 */
export function node(
  op: string,
  inputs: readonly GraphValue[],
  attributes: Readonly<Record<string, GraphAttribute>> = {},
  labels: readonly (string | undefined)[] = [],
): readonly GraphValue[] {
  const types = definitionOf(op).infer(inputs, attributes);
  const outputs: GraphValue[] = [];
  const made: GraphNode = { op, inputs: [...inputs], attributes, outputs };
  for (const [index, { dtype, shape }] of types.entries()) {
    const name = labels[index];
    outputs.push({ kind: "node", dtype, shape, node: made, index, ...(name !== undefined && { name }) });
  }
  return outputs;
}

/** As {@link node} for the common case of one output. */
export function node1(
  op: string,
  inputs: readonly GraphValue[],
  attributes: Readonly<Record<string, GraphAttribute>> = {},
): GraphValue {
  return node(op, inputs, attributes)[0] as GraphValue;
}

/**
 * Gives a value a label, e.g. `"blocks.3.textCrossAttention"`: the places where `splice` can cut and the names that
 * `print` shows. It is an identity node, removed by the runtime.
 */
export function named(value: GraphValue, name: string): GraphValue {
  return node("Identity", [value], {}, [name])[0] as GraphValue;
}

/** Joins inputs and outputs to a graph, and checks that every leaf that is reached was declared and no name is used twice. */
export function graph(name: string, inputs: readonly GraphValue[], outputs: Readonly<Record<string, GraphValue>>): Graph {
  assertKind("inputs", inputs, "list", "Pass a name, the inputs, then the outputs by name.");
  assertKind("outputs", outputs, "object", "Pass { NAME: value }.");
  const made: Graph = { name, inputs, outputs };
  const declared = new Map<string, GraphValue>();
  for (const [i, value] of inputs.entries()) {
    assertHas(`inputs[${i}]`, value, "kind", "a value of a graph", "Make one with input(name, shape).");
    const key = value.name ?? "";
    if (declared.has(key))
      throw new FoleyError("invalid-argument", `Graph "${name}" declares two inputs named "${key}".`, {
        hint: "Give every input its own name.",
      });
    declared.set(key, value);
  }
  const parameters = new Map<string, GraphValue>();
  for (const value of valuesOf(made)) {
    if (value.kind === "input" && declared.get(value.name ?? "") !== value) {
      throw new FoleyError("invalid-argument", `Graph "${name}" uses the input "${value.name}" without declaring it.`, {
        hint: "List it among the graph's inputs.",
      });
    }
    if (value.kind === "parameter") {
      const key = value.name ?? "";
      const other = parameters.get(key);
      if (other && other !== value && (other.dtype !== value.dtype || !sameShape(other.shape, value.shape))) {
        throw new FoleyError(
          "shape-mismatch",
          `Graph "${name}" uses the parameter "${key}" with shapes [${other.shape}] and [${value.shape}].`,
        );
      }
      parameters.set(key, value);
    }
  }
  return made;
}

/** Nodes in execution order: a deterministic depth-first post-order from the outputs, each node once. */
export function nodesOf(source: Graph | readonly GraphValue[]): readonly GraphNode[] {
  const roots = Array.isArray(source) ? (source as readonly GraphValue[]) : Object.values((source as Graph).outputs);
  const order: GraphNode[] = [];
  const state = new Set<GraphNode>();
  for (const root of roots) {
    if (!root.node || state.has(root.node)) continue;
    // Iterative, because real networks are thousands of nodes deep.
    const stack: { node: GraphNode; next: number }[] = [{ node: root.node, next: 0 }];
    state.add(root.node);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { node: GraphNode; next: number };
      const child = top.node.inputs[top.next++];
      if (child === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (child.node && !state.has(child.node)) {
        state.add(child.node);
        stack.push({ node: child.node, next: 0 });
      }
    }
  }
  return order;
}

/** Every value reached from the outputs: leaves first where they are first used, then node outputs. */
export function valuesOf(source: Graph): readonly GraphValue[] {
  const seen = new Set<GraphValue>();
  for (const made of nodesOf(source)) {
    for (const value of made.inputs) seen.add(value);
    for (const value of made.outputs) seen.add(value);
  }
  for (const value of Object.values(source.outputs)) seen.add(value);
  return [...seen];
}

/** The parameters a graph reads, by name, in order of first use. */
export function parametersOf(source: Graph): ReadonlyMap<string, GraphValue> {
  const found = new Map<string, GraphValue>();
  for (const value of valuesOf(source)) if (value.kind === "parameter") found.set(value.name ?? "", value);
  return found;
}
