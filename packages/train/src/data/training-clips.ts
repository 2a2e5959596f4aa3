/** Features of clips as the training of a bridge reads them, wherever they are kept. */
import type { Random } from "@foley-control/core";

/** Latents [clips, channels, frames] with one caption each: token ids and mask [clips, length]. */
export interface ClipBatch {
  /** Row by row. */
  readonly latents: Float32Array;
  /** Row by row. */
  readonly ids: BigInt64Array;
  /** Row by row. */
  readonly mask: Float32Array;
}

/** Clips that can be trained on. */
export interface TrainingClips {
  /** Number of clips. */
  readonly count: number;
  /** Video tokens per clip. */
  readonly videoTokens: number;
  /** The clips of a batch, where they have an order of their own. Default: drawn anew for every batch. */
  readonly pick?: ((step: number, batch: number) => readonly number[]) | undefined;
  /** Latents and one caption each; what is drawn for a row comes from its generator. */
  rows(indices: readonly number[], random: (row: number) => Random): ClipBatch | Promise<ClipBatch>;
  /** Video tokens [clips, tokens, tokenWidth]. */
  video(indices: readonly number[]): Float32Array | Promise<Float32Array>;
}
