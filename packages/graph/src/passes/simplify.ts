/**
 * Removes duplicate subgraphs, constants and parameters, and operations that do nothing. Dead code is gone by
 * construction: only what outputs reach exists. Folding of constants is left to the runtime, which rounds as it computes.
 */
import { bytesOf, type Graph, type GraphNode, type GraphValue, sameShape } from "@foley-control/core";
import { node } from "../value.js";
import { attributeText, hashOf } from "./print.js";
import { rebuilt, rewrite } from "./rewrite.js";

/**
 * The same network with fewer nodes; outputs are equal bit for bit. Simplifying twice changes nothing more. Labels made with
 * `named` stay; of merged nodes that carry a label themselves, as those of an imported graph do, the first label stays.
 */
export function simplify(source: Graph): Graph {
  const identities = new Map<GraphValue, number>();
  const identityOf = (value: GraphValue) => {
    const id = identities.get(value) ?? identities.size;
    identities.set(value, id);
    return id;
  };
  const leaves = new Map<string, GraphValue[]>();
  const leaf = (value: GraphValue): GraphValue => {
    if (value.kind !== "constant" && value.kind !== "parameter") return value;
    const key = `${value.kind} ${value.dtype}[${value.shape}] ${value.kind === "constant" ? hashOf(dataOf(value)) : value.name}`;
    const alike = leaves.get(key) ?? [];
    leaves.set(key, alike);
    // The hash only narrows the candidates; equality is by bytes.
    const first = alike.find((other) => value.kind === "parameter" || sameBytes(dataOf(other), dataOf(value)));
    if (!first) alike.push(value);
    return first ?? value;
  };
  const known = new Map<string, readonly GraphValue[]>();
  return rewrite(source, {
    leaf,
    rule: (made, inputs) => {
      const through = passesThrough(made, inputs);
      if (through) return [through];
      const label = made.op === "Identity" ? made.outputs.map((value) => value.name).join() : "";
      const outputs = merged(made, inputs) ?? rebuilt(made, inputs);
      const after = outputs[0]?.node as GraphNode;
      const key = `${after.op}(${after.inputs.map(identityOf).join()})${attributeText(after.attributes)}${label}`;
      const first = known.get(key);
      if (first) return first;
      known.set(key, outputs);
      return outputs;
    },
  });
}

/** The input that a node merely hands on. */
function passesThrough(made: GraphNode, inputs: readonly GraphValue[]): GraphValue | undefined {
  const x = inputs[0];
  if (!x) return undefined;
  const y = made.outputs[0] as GraphValue;
  const before = x.node?.inputs[0];
  if (made.op === "Identity" && y.name === undefined) return x;
  if (made.op === "Detach" && x.node?.op === "Detach") return x;
  if (made.op === "Cast" && x.dtype === y.dtype) return x;
  if ((made.op === "Reshape" || made.op === "Expand") && sameShape(x.shape, y.shape)) return x;
  if (made.op === "Reshape" && x.node?.op === "Reshape" && before && sameShape(before.shape, y.shape)) return before;
  if (made.op === "Transpose" && composed(made, x).every((axis, i) => axis === i)) return x.node?.op === "Transpose" ? before : x;
  return undefined;
}

/** Two moves of the same elements as one. */
function merged(made: GraphNode, inputs: readonly GraphValue[]): readonly GraphValue[] | undefined {
  const x = inputs[0];
  if (x?.node?.op !== made.op) return undefined;
  if (made.op === "Reshape") return node("Reshape", x.node.inputs, made.attributes, [made.outputs[0]?.name]);
  if (made.op === "Transpose") return node("Transpose", x.node.inputs, { perm: composed(made, x) }, [made.outputs[0]?.name]);
  return undefined;
}

/** Permutation of a Transpose, and of the Transpose before it if there is one. */
function composed(made: GraphNode, x: GraphValue): readonly number[] {
  const outer = made.attributes.perm as readonly number[];
  if (x.node?.op !== "Transpose") return outer;
  const inner = x.node.attributes.perm as readonly number[];
  return outer.map((axis) => inner[axis] as number);
}

const dataOf = (value: GraphValue): Uint8Array => bytesOf(value.data as ArrayBufferView);

const sameBytes = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);
