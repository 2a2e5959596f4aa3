/**
 * What SAME, the autoencoder of Stable Audio 3, is made of (stable-audio-3 `models/autoencoders.py` `TransformerResamplingBlock`): rows that go
 * in and learned rows for what is to come out stand in groups, a few groups are a chunk, and blocks attend inside chunks. In the second
 * half of the blocks the chunks begin half a chunk earlier, so that no seam stays. Parameter names are those of the release.
 */
import type { GraphValue } from "@foley-control/core";
import { gatedFeedForward, named, ops, type RotaryTables, rotaryTables } from "@foley-control/graph";
import { differentialAttention, dynamicTanh } from "./layers.js";

/** What shapes the blocks of one half. */
export interface SameBlocks {
  /** Width of the rows. */
  readonly width: number;
  /** Blocks; of an odd number the middle one belongs to the second half. */
  readonly depth: number;
  /** Width of one head. */
  readonly headWidth: number;
  /** Patches of one latent. */
  readonly stride: number;
  /** Patches of one chunk: whole latents, and rows that can be halved. */
  readonly chunkPatches: number;
  /** Taps of the convolution between patches and rows. Default as released: 1 in the encoder, 3 in the decoder. */
  readonly mappingTaps?: number | undefined;
  /** Whether it has a bias. Default true. */
  readonly mappingBias?: boolean | undefined;
  /** Learned rows of one latent: 1 stands for all that come out. Default: as many as come out. */
  readonly rowsLearned?: number | undefined;
  /** Hidden width of the feed-forward as a multiple of the rows'. Default 3. */
  readonly feedForwardMultiple?: number | undefined;
}

/** That of the releases. */
export const FEED_FORWARD = 3;

/** Latents of one chunk. */
export const latentsOfChunk = ({ chunkPatches, stride }: Pick<SameBlocks, "chunkPatches" | "stride">): number =>
  chunkPatches / stride;

/**
 * The blocks over groups of one latent and its patches, in any order inside of a group. What each block gives is labelled `NAME.transformers.K`,
 * [batch·chunks, rows, width].
 *
 * @param groups - [batch, groups, stride + 1, width]; whole chunks of them.
 * @param name - e.g. `"decoder.layers.3"`.
 */
export function sameBlocks(groups: GraphValue, name: string, config: SameBlocks): GraphValue {
  const { depth, width } = config;
  const [batch, count, size] = groups.shape as readonly [number, number, number, number];
  const rows = latentsOfChunk(config) * size;
  const [length, half] = [count * size, rows / 2];
  const tables = rotaryTables([...new Array(rows).keys()], config.headWidth / 2);
  const inChunks = (x: GraphValue) => ops.reshape(x, [-1, rows, width]);
  const run = (x: GraphValue, from: number, to: number): GraphValue => {
    let y = inChunks(x);
    for (let index = from; index < to; index++) y = block(y, `${name}.transformers.${index}`, config, tables);
    return y;
  };
  const middle = Math.floor(depth / 2);
  const first = ops.reshape(run(groups, 0, middle), [batch, length, width]);
  const ends = [ops.slice(first, 1, 0, half), first, ops.slice(first, 1, length - half, length)];
  const second = ops.reshape(run(ops.concat(ends, 1), middle, depth), [batch, length + rows, width]);
  return ops.reshape(ops.slice(second, 1, half, half + length), groups.shape);
}

function block(
  x: GraphValue,
  name: string,
  { width, headWidth, feedForwardMultiple = FEED_FORWARD }: SameBlocks,
  rotary: RotaryTables,
): GraphValue {
  const attended = differentialAttention(dynamicTanh(x, `${name}.pre_norm`), `${name}.self_attn`, {
    heads: width / headWidth,
    rotary,
  });
  const y = ops.add(x, attended);
  const names = [`${name}.ff.ff.0.proj`, `${name}.ff.ff.2`] as const;
  return named(ops.add(y, gatedFeedForward(dynamicTanh(y, `${name}.ff_norm`), names, feedForwardMultiple * width)), name);
}
