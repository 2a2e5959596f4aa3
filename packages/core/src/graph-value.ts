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
  /** Where the value comes from. */
  readonly kind: GraphValueKind;
  /** Element type. */
  readonly dtype: DType;
  /** Sizes per axis, all known. */
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
  /** Name of a row of the op table. */
  readonly op: string;
  /** Values it reads, in the op's order. */
  readonly inputs: readonly GraphValue[];
  /** Settings of the op, by name. */
  readonly attributes: Readonly<Record<string, GraphAttribute>>;
  /** Values it makes, in the op's order. */
  readonly outputs: readonly GraphValue[];
}

/** A network: named inputs, named outputs, everything between is reached from the outputs. */
export interface Graph {
  /** For messages and dumps. */
  readonly name: string;
  /** Values to be given, by their names. */
  readonly inputs: readonly GraphValue[];
  /** Values to be computed, by output name. */
  readonly outputs: Readonly<Record<string, GraphValue>>;
}
