/** Trained parameters as one vector: what the optimiser, a sum of gradients and a second process handle is then one tensor. */
import { elementCount, FoleyError, type Graph, type GraphValue, type PlainTensor } from "@foley-control/core";
import { ops, parametersOf } from "@foley-control/graph";

/** Where every parameter lies in the vector. */
export interface ParameterLayout {
  /** Length of the vector. */
  readonly size: number;
  /** The first so many elements belong to matrices, which decay; biases and gains follow. */
  readonly matrices: number;
  /** In the order of the vector. */
  readonly entries: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly size: number;
  }[];
}

/**
 * The layout of parameters of a graph: matrices first, each kind in the order of `trainable`.
 *
 * @throws FoleyError `invalid-argument` for a name that is no parameter of the graph, or for none
 */
export function parameterLayout(source: Graph, trainable: readonly string[]): ParameterLayout {
  const parameters = parametersOf(source);
  const shapes = trainable.map((name) => {
    const shape = parameters.get(name)?.shape;
    if (!shape)
      throw new FoleyError("invalid-argument", `"${name}" is to be trained, but "${source.name}" has no such parameter.`);
    return { name, shape, size: elementCount(shape) };
  });
  if (shapes.length === 0) throw new FoleyError("invalid-argument", `Nothing of "${source.name}" is to be trained.`);
  const isMatrix = ({ shape }: (typeof shapes)[number]) => shape.length > 1;
  let size = 0;
  const entries = [...shapes.filter(isMatrix), ...shapes.filter((entry) => !isMatrix(entry))].map((entry) => {
    const offset = size;
    size += entry.size;
    return { ...entry, offset };
  });
  const matrices = entries.reduce((count, entry) => count + (isMatrix(entry) ? entry.size : 0), 0);
  return { size, matrices, entries };
}

/** Tensors as one vector. */
export function flatten(
  layout: ParameterLayout,
  tensorOf: (name: string, shape: readonly number[]) => PlainTensor<"float32">,
): PlainTensor<"float32"> {
  const data = new Float32Array(layout.size);
  for (const { name, shape, offset } of layout.entries) data.set(tensorOf(name, shape).data, offset);
  return { dtype: "float32", shape: [layout.size], data };
}

/** The tensors of a vector, as views on it. */
export function unflatten(
  layout: ParameterLayout,
  { data }: PlainTensor<"float32">,
  nameOf: (name: string) => string = (name) => name,
): Record<string, PlainTensor<"float32">> {
  return Object.fromEntries(
    layout.entries.map(({ name, shape, offset, size }) => [
      nameOf(name),
      { dtype: "float32", shape, data: data.subarray(offset, offset + size) },
    ]),
  );
}

/** The parameters of a vector in a graph. */
export function parametersIn(layout: ParameterLayout, vector: GraphValue): ReadonlyMap<string, GraphValue> {
  const { entries } = layout;
  const parts =
    entries.length === 1
      ? [vector]
      : ops.split(
          vector,
          entries.map(({ size }) => size),
          0,
        );
  return new Map(entries.map(({ name, shape }, i) => [name, ops.reshape(parts[i] as GraphValue, shape)]));
}

/** Values of the shapes of the parameters as one vector in a graph. */
export function vectorOf(layout: ParameterLayout, valueOf: (name: string) => GraphValue): GraphValue {
  const parts = layout.entries.map(({ name, size }) => ops.reshape(valueOf(name), [size]));
  return parts.length === 1 ? (parts[0] as GraphValue) : ops.concat(parts, 0);
}
