/** Weights of which only names and shapes are known: what a network says to a release can be tested without the release. */
import type { ParameterSource, Shape } from "@foley-control/core";

/** Shapes by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** A linear layer, a convolution or a norm: `.weight`, and `.bias` of its outputs. */
export const biased = (name: string, ...shape: number[]): Shapes => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: shape.slice(0, 1),
});

/** The same for every number below `count`. */
export const times = (count: number, make: (i: number) => Shapes): Shapes =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => make(i))) as Shapes;

/** The shapes as a source without bytes. */
export const shapesOnly = (shapes: Shapes): ParameterSource => ({
  names: () => Object.keys(shapes),
  get: (name) => {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    return shape && { dtype: "float32", shape, bytes: { kind: "memory", bytes: new Uint8Array() } };
  },
});

/** How many numbers there are under names that match. */
export const countOf = (shapes: Shapes, names = /(?:)/): number =>
  Object.entries(shapes).reduce(
    (sum, [name, shape]) => sum + (names.test(name) ? shape.reduce((product, size) => product * size, 1) : 0),
    0,
  );
