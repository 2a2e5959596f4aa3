/** Sizes of a network, read off its tensors: the checkpoints say them nowhere else. */
import { FoleyError, type ParameterSource, type Shape } from "@foley-control/core";

/** What the weights of a network are called, and the file that they are downloaded as. */
export interface NamedWeights {
  /** Of the network. */
  readonly title: string;
  /** Name of the file. */
  readonly file: string;
}

/**
 * The shape of a tensor.
 *
 * @throws FoleyError `bad-weights` when it is missing or has another number of axes
 */
export function shapeOf(weights: ParameterSource, name: string, rank: number, { title, file }: NamedWeights): Shape {
  const shape = weights.get(name)?.shape;
  if (shape?.length === rank && shape.every((size) => size > 0)) return shape;
  throw new FoleyError(
    "bad-weights",
    shape
      ? `These are no weights of ${title}: "${name}" has the shape [${shape.join(", ")}]; ${rank} axes were expected.`
      : `These are no weights of ${title}: "${name}" is not among the ${weights.names().length} tensors.`,
    { hint: `Give ${file} as it was downloaded.` },
  );
}

/** How many different numbers follow a prefix, e.g. blocks behind `"blocks."`. A gap shows later, as missing and unknown tensors. */
export function countNumbered(weights: ParameterSource, prefix: string): number {
  const found = new Set<string>();
  for (const name of weights.names()) {
    const number = name.startsWith(prefix) ? /^\d+(?=\.)/.exec(name.slice(prefix.length)) : null;
    if (number) found.add(number[0]);
  }
  return found.size;
}
