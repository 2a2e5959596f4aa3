/** Sizes of a network, read off its tensors: the checkpoints say them nowhere else. */
import { FoleyError, type Graph, type ParameterSource } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { checkParameters } from "@foley-control/weights";
import type { NetworkRelease } from "./release.js";

/** Sizes that transformers have in common. */
export interface TransformerSizes {
  /** Width of a token. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Width of the blocks' hidden layer. */
  readonly hidden: number;
}

type Named = Pick<NetworkRelease, "title" | "file">;

/**
 * Heads of a transformer, which no shape tells.
 *
 * @param heads - what was asked for; default: `channels` each
 * @param channels - channels of a head in the released network
 * @throws FoleyError `invalid-argument` when they do not divide the width
 */
export function headsOf(width: number, heads: number | undefined, channels = 64): number {
  const found = heads ?? width / channels;
  if (Number.isInteger(found) && found > 0 && width % found === 0) return found;
  throw new FoleyError(
    "invalid-argument",
    heads === undefined
      ? `The network is ${width} wide, which is no multiple of ${channels}, so the number of heads is not known.`
      : `options.heads is ${heads}; a divisor of the width ${width} was expected.`,
    { hint: "Give the option heads." },
  );
}

/**
 * Refuses weights that are not exactly those of a graph.
 *
 * @param unread - names of tensors that a release has and the graph does not read
 * @throws FoleyError `bad-weights` that names what is missing, unknown, or of another shape
 */
export function checkWeights(weights: ParameterSource, source: Graph, { title }: Named, unread?: RegExp): void {
  checkParameters(
    weights,
    [...parametersOf(source)].map(([name, { shape }]) => ({ name, shape, dtypes: ["float32", "float16"] as const })),
    { label: `The weights of ${title}`, ignore: unread ? weights.names().filter((name) => unread.test(name)) : [] },
  );
}
