/** How big a network is: nodes, parameters and floating-point operations. */
import { elementCount, type Graph, type GraphNode, type GraphValue } from "@foley-control/core";
import { nodesOf, parametersOf } from "../value.js";
import { varyingValues } from "./dependence.js";

/** What {@link describe} returns. */
export interface GraphDescription {
  /** Nodes of the graph without labels and Detach, which cost nothing when it runs. */
  readonly nodes: number;
  /** Those of `nodes` that depend on no input: the runtime computes them once, when it loads the graph. */
  readonly foldedAtLoad: number;
  /** How often each op occurs, alphabetical; labels and Detach left out. */
  readonly ops: Readonly<Record<string, number>>;
  /** Scalars in all parameters. */
  readonly parameters: number;
  /** See {@link flopsOf}. */
  readonly flops: number;
}

/** Number of nodes without labels and Detach. */
export function countNodes(source: Graph): number {
  return workOf(source).length;
}

/**
 * Floating-point operations of one run in matrix products, convolutions and attention, a multiplication and an addition counted as two
 * (2·n·k·m for [n, k]·[k, m]). Everything else is left out: it is bound by memory and below a few percent of the count.
 * Products of parameters alone are left out too, because they are folded when the graph is loaded.
 */
export function flopsOf(source: Graph): number {
  const varying = varyingValues(source);
  const depends = (made: GraphNode) => made.outputs.some((value) => varying.has(value));
  return workOf(source).reduce((total, made) => total + (depends(made) ? flopsOfNode(made) : 0), 0);
}

/** Counts of a graph: for benchmarks, logs and the comparison of a hoisted step with the whole. */
export function describe(source: Graph): GraphDescription {
  const work = workOf(source);
  const varying = varyingValues(source);
  const ops: Record<string, number> = {};
  for (const op of work.map((made) => made.op).sort()) ops[op] = (ops[op] ?? 0) + 1;
  const parameters = [...parametersOf(source).values()].reduce((total, value) => total + elementCount(value.shape), 0);
  return {
    nodes: work.length,
    foldedAtLoad: work.filter((made) => !made.outputs.some((value) => varying.has(value))).length,
    ops,
    parameters,
    flops: flopsOf(source),
  };
}

const workOf = (source: Graph): readonly GraphNode[] =>
  nodesOf(source).filter((made) => made.op !== "Identity" && made.op !== "Detach");

function flopsOfNode(made: GraphNode): number {
  const [a, b, c] = made.inputs as readonly [GraphValue, GraphValue, GraphValue | undefined];
  if (made.op === "MatMul" || made.op === "MatMulNBits")
    return 2 * elementCount((made.outputs[0] as GraphValue).shape) * (a.shape[a.shape.length - 1] as number);
  // Every place of the output, or of a transposed convolution's input, meets one row of the weight.
  const rows = { Conv: made.outputs[0], ConvTranspose: a }[made.op];
  if (rows) return (2 * elementCount(rows.shape) * elementCount(b.shape)) / (b.shape[0] as number);
  if (made.op === "MultiHeadAttention" && c) {
    const [batch, rows, width] = a.shape as readonly [number, number, number];
    return 2 * batch * rows * (b.shape[1] as number) * (width + (c.shape[2] as number));
  }
  return 0;
}
