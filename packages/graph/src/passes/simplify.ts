/** Removes dead code (by construction: only what outputs reach exists), duplicate subgraphs and operations that do nothing. */
import type { Graph, GraphNode, GraphValue } from "@foley-control/core";
import { rewrite } from "./rewrite.js";

/** The same network with fewer nodes; outputs are equal bit for bit. */
export function simplify(source: Graph): Graph {
  const identities = new Map<GraphValue, number>();
  const identityOf = (value: GraphValue) => {
    let id = identities.get(value);
    if (id === undefined) {
      id = identities.size;
      identities.set(value, id);
    }
    return id;
  };
  const constants = new Map<string, GraphValue>();
  const known = new Map<string, readonly GraphValue[]>();
  const leaf = (value: GraphValue): GraphValue => {
    if (value.kind !== "constant" || !value.data || value.data.length > 64) return value;
    const key = `${value.dtype}[${value.shape}]${Array.from(value.data as ArrayLike<unknown>, (x) => (Object.is(x, -0) ? "-0" : String(x))).join()}`;
    const first = constants.get(key);
    if (first) return first;
    constants.set(key, value);
    return value;
  };
  return rewrite(source, {
    leaf,
    rule: (made, inputs) => {
      const through = passesThrough(made, inputs);
      if (through) return [through];
      const key = `${made.op}(${inputs.map(identityOf).join()})${JSON.stringify(made.attributes)}${made.op === "Identity" ? (made.outputs[0]?.name ?? "") : ""}`;
      const first = known.get(key);
      if (first) return first;
      if (inputs.every((value, i) => value === made.inputs[i])) {
        known.set(key, made.outputs);
      }
      return undefined;
    },
  });
}

/** The input that a node merely hands on. */
function passesThrough(made: GraphNode, inputs: readonly GraphValue[]): GraphValue | undefined {
  const x = inputs[0];
  if (!x) return undefined;
  if (made.op === "Identity" && made.outputs[0]?.name === undefined) return x;
  if (made.op === "Reshape" && x.node?.op === "Reshape" && same(x.node.inputs[0]?.shape, made.outputs[0]?.shape)) return x.node.inputs[0];
  if (made.op === "Transpose" && x.node?.op === "Transpose") {
    const outer = made.attributes.perm as readonly number[];
    const inner = x.node.attributes.perm as readonly number[];
    if (outer.every((axis, i) => inner[axis] === i)) return x.node.inputs[0];
  }
  return undefined;
}

const same = (a: readonly number[] | undefined, b: readonly number[] | undefined) => a !== undefined && b !== undefined && a.join() === b.join();
