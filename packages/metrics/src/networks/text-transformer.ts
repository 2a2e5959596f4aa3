/** Sizes of a network that reads, off the shapes of its tables. */
import type { ParameterSource } from "@foley-control/core";
import { countNumbered, shapeOf } from "@foley-control/weights";
import { headsOf, type TransformerSizes } from "./read-weights.js";
import type { NetworkRelease } from "./release.js";

/** Sizes of the network. */
export interface TextTransformerConfig extends TransformerSizes {
  /** Prefix of all parameter names, e.g. `"text_branch."`. */
  readonly prefix: string;
  /** Rows of the embedding table. */
  readonly vocabulary: number;
  /** Rows of the position table. */
  readonly positions: number;
}

/** Which tensors tell the sizes, without the prefix. */
export interface TextTransformerNames {
  /** Embedding table [vocabulary, width]. */
  readonly words: string;
  /** Position table [positions, width]. */
  readonly positions: string;
  /** What the numbers of the blocks follow. */
  readonly blocks: string;
  /** First linear layer of a block's feed-forward, behind its number, and the axis of its hidden width. */
  readonly hidden: readonly [name: string, axis: 0 | 1];
}

/**
 * Reads the configuration off the shapes.
 *
 * @param heads - heads of each block. Default: one per 64 channels, as released
 * @throws FoleyError `bad-weights` when a tensor that tells a size is missing, `invalid-argument` when the heads do not divide the width
 */
export function textTransformerConfig(
  weights: ParameterSource,
  prefix: string,
  { words, positions, blocks, hidden: [inner, axis] }: TextTransformerNames,
  release: NetworkRelease,
  heads: number | undefined,
): TextTransformerConfig {
  const shape = (name: string) => shapeOf(weights, `${prefix}${name}`, 2, release) as readonly [number, number];
  const [vocabulary, width] = shape(words);
  return {
    prefix,
    width,
    vocabulary,
    positions: shape(positions)[0],
    hidden: shape(`${blocks}0.${inner}`)[axis],
    depth: countNumbered(weights, `${prefix}${blocks}`),
    heads: headsOf(width, heads),
  };
}
