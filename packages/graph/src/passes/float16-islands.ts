/**
 * Which nodes of a network stay float32 when it is converted to float16. The islands are those that the authors of the networks and the
 * people who ported them found necessary: stable-audio-tools computes rotary angles and, after an accident, time in float32; V-JEPA 2
 * loses single tokens when the residual stream before its last norm is rounded; torch's autocast keeps norms, sums and softmax.
 */
import { type Graph, type GraphNode, type GraphValue, sameShape } from "@foley-control/core";
import { nodesOf } from "../value.js";
import { clockNodes, varyingValues } from "./dependence.js";

/**
 * What stays float32:
 * - `"statistics"`: norms and sums, the squares that go into them (256² is too much for float16) and their application;
 * - `"softmax"`: softmax, with the scores, biases and masks that go into it;
 * - `"waves"`: sines and cosines with their angles, transforms (products with constants, as Fourier's), what is computed from them, and
 *   all that depends on the time alone;
 * - `"residual"`: sums x + f(x) that a norm reads;
 * - `"output"`: what makes the outputs, back to the last product.
 */
export type Float16Island = (typeof FLOAT16_ISLANDS)[number];

/** All of {@link Float16Island}. */
export const FLOAT16_ISLANDS = ["statistics", "softmax", "waves", "residual", "output"] as const;

/** Ops that move numbers without computing. */
const MOVES = new Set(["Identity", "Detach", "Reshape", "Transpose", "Slice", "Split", "Concat", "Expand", "Gather", "Pad"]);
const PRODUCTS = new Set(["MatMul", "Conv", "ConvTranspose", "MultiHeadAttention"]);
const ELEMENTWISE = new Set(["Add", "Sub", "Mul", "Div", "Neg", "Abs", "Sigmoid", "Tanh", "Gelu", "Relu", "Max", "Min", "Where"]);
const SUMS = new Set(["ReduceSum", "ReduceMean"]);
const WAVES = new Set(["Sin", "Cos"]);
const SCALING = new Set(["Mul", "Div"]);
/** Ops that are computed in float16 outside of islands; others never are. */
const IN_FLOAT16 = new Set([
  ...MOVES,
  ...PRODUCTS,
  ...ELEMENTWISE,
  ...SUMS,
  ...WAVES,
  "RotaryEmbedding",
  "LayerNormalization",
  "Softmax",
]);

/** Islands by op, of those that are not told by what flows into them. */
const ISLAND_OF: Readonly<Record<string, Float16Island>> = { LayerNormalization: "statistics", Softmax: "softmax" };

/** Whether an op moves numbers without computing. */
export const isMove = (op: string): boolean => MOVES.has(op);

/** Options of {@link float32Nodes}. */
export interface Float16IslandOptions {
  /** Parameters that stay float32, with what is computed from them. */
  readonly keepFloat32: (parameter: string) => boolean;
  /** Default: all. */
  readonly islands?: readonly Float16Island[] | undefined;
}

/** The nodes that depend on inputs and are computed in float32. */
export function float32Nodes(source: Graph, options: Float16IslandOptions): ReadonlySet<GraphNode> {
  const islands = new Set(options.islands ?? FLOAT16_ISLANDS);
  const varying = varyingValues(source);
  const order = nodesOf(source).filter((made) => made.inputs.some((value) => varying.has(value)));
  const read = (made: GraphNode) => made.inputs.filter((value) => varying.has(value) && isFloat(value));
  const users = usersOf(order);
  const outputs = new Set(Object.values(source.outputs));
  const why = new Map<GraphNode, Float16Island | "kept" | "op" | "follows">();

  for (const made of keptNodes(order, varying, options.keepFloat32)) why.set(made, "kept");
  if (islands.has("waves")) for (const made of clockNodes(source)) if (!why.has(made)) why.set(made, "waves");

  // Statistics and waves flow forwards: what is made of them alone belongs to them, and the one step in which they are applied to the rest.
  const flowing = { statistics: new Set<GraphValue>(), waves: new Set<GraphValue>() };
  const applying = { statistics: ELEMENTWISE, waves: SCALING };
  for (const made of order) {
    const from = read(made);
    const isTransform =
      PRODUCTS.has(made.op) && made.inputs.some((value) => !varying.has(value) && parametersBehind(value).length === 0);
    const source = SUMS.has(made.op) ? "statistics" : isTransform || WAVES.has(made.op) ? "waves" : undefined;
    for (const island of ["statistics", "waves"] as const) {
      const values = flowing[island];
      const isMade = from.length > 0 && from.every((value) => values.has(value)) && !PRODUCTS.has(made.op);
      if (source === island || isMade) for (const value of made.outputs) values.add(value);
      const applies = applying[island].has(made.op) && from.some((value) => values.has(value));
      const computes = !MOVES.has(made.op) && (source === island || isMade || applies);
      if (computes && islands.has(island) && !why.has(made)) why.set(made, island);
    }
    const own = ISLAND_OF[made.op];
    if (!why.has(made) && (own ? islands.has(own) : !IN_FLOAT16.has(made.op))) why.set(made, own ?? "op");
  }

  // What does nothing but feed sums, softmax, waves or other float32 ops belongs to them.
  const isResidual = (made: GraphNode) => {
    const [a, b] = read(made);
    return made.op === "Add" && a !== undefined && b !== undefined && sameShape(a.shape, b.shape);
  };
  for (const made of [...order].reverse()) {
    if (why.has(made) || !(MOVES.has(made.op) || ELEMENTWISE.has(made.op)) || isResidual(made)) continue;
    const by = users.get(made) ?? [];
    if (by.length === 0 || made.outputs.some((value) => outputs.has(value))) continue;
    const reasons = by.map((user) => (user.op === "LayerNormalization" ? undefined : why.get(user)));
    // Of several reasons the norm's counts: it is what the residual stream is kept for.
    const reason = reasons.find((one) => one === "statistics") ?? reasons[0];
    if (reason !== undefined && reasons.every((one) => one !== undefined && one !== "kept")) why.set(made, reason);
  }

  if (islands.has("residual")) {
    const normed = (made: GraphNode): boolean =>
      (users.get(made) ?? []).some((user) => why.get(user) === "statistics" || (MOVES.has(user.op) && normed(user)));
    for (const made of order) if (!why.has(made) && isResidual(made) && normed(made)) why.set(made, "residual");
  }

  if (islands.has("output")) {
    for (const value of outputs) {
      let made = value.node;
      while (made && isFloat(value)) {
        const from: readonly GraphValue[] = read(made);
        if (from.length === 0 || (why.has(made) && !MOVES.has(made.op))) break;
        why.set(made, "output");
        made = PRODUCTS.has(made.op) || from.length !== 1 ? undefined : from[0]?.node;
      }
    }
  }

  // Moving what is float32 does not round it.
  for (const made of order) {
    const from = read(made);
    const unrounded = from.length > 0 && from.every((value) => value.node !== undefined && why.has(value.node));
    if (!why.has(made) && MOVES.has(made.op) && unrounded) why.set(made, "follows");
  }
  return new Set(why.keys());
}

/** Whether a value is of a floating-point type. */
export const isFloat = ({ dtype }: GraphValue): boolean => dtype === "float32" || dtype === "float16";

/** The parameters that a value is made of. */
function parametersBehind(value: GraphValue): readonly GraphValue[] {
  return [value, ...nodesOf([value]).flatMap((made) => made.inputs)].filter(({ kind }) => kind === "parameter");
}

/** Nodes that read kept parameters and no others, and nodes that read no parameters and nothing but what these make and inputs. */
function keptNodes(
  order: readonly GraphNode[],
  varying: ReadonlySet<GraphValue>,
  keep: (parameter: string) => boolean,
): ReadonlySet<GraphNode> {
  const kept = new Set<GraphNode>();
  for (const made of order) {
    const parameters = made.inputs.filter((value) => !varying.has(value)).flatMap(parametersBehind);
    if (parameters.length > 0) {
      if (parameters.every(({ name }) => keep(name ?? ""))) kept.add(made);
      continue;
    }
    const from = made.inputs.filter((value) => varying.has(value));
    const isKept = ({ node }: GraphValue) => node !== undefined && kept.has(node);
    if (from.some(isKept) && from.every((value) => value.kind === "input" || isKept(value))) kept.add(made);
  }
  return kept;
}

function usersOf(order: readonly GraphNode[]): ReadonlyMap<GraphNode, readonly GraphNode[]> {
  const users = new Map<GraphNode, GraphNode[]>();
  for (const made of order) {
    for (const { node } of made.inputs) {
      if (!node) continue;
      const list = users.get(node) ?? [];
      users.set(node, list);
      list.push(made);
    }
  }
  return users;
}
