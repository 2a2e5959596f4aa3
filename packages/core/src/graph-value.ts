/**
 * The type of "a model is a graph value". The contracts speak in graphs, so the types live here at the bottom of the
 * house; the ops, layers and passes that give them meaning are in `@foley-control/graph`.
 *
 * A graph is an immutable expression DAG: a value knows the node that makes it, a node knows its inputs. There is no
 * builder and no list to keep in order; the order of execution is derived from the outputs.
 */
import type { DType, Shape, TensorData } from "./tensor.js";

/** Attribute of a node. */
export type GraphAttribute = number | string | boolean | readonly number[];

/** Where a value comes from. */
export type GraphValueKind = "input" | "parameter" | "constant" | "node";

/** One value of a graph. Compare by reference. Shapes are static: a graph is built per shape, which is cheap. */
export interface GraphValue {
  readonly kind: GraphValueKind;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Required for inputs and parameters (unique per graph); optional label elsewhere, used by `splice` and `print`. */
  readonly name?: string | undefined;
  /** The node that makes this value (`kind: "node"`). */
  readonly node?: GraphNode | undefined;
  /** Which output of the node this is. */
  readonly index?: number | undefined;
  /** Elements (`kind: "constant"`). */
  readonly data?: TensorData[DType] | undefined;
}

/** One operation. `op` is a row of the op table in `@foley-control/graph`. */
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly GraphValue[];
  readonly attributes: Readonly<Record<string, GraphAttribute>>;
  readonly outputs: readonly GraphValue[];
}

/** A network: named inputs, named outputs, everything between is reached from the outputs. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: Readonly<Record<string, GraphValue>>;
}
