/** What turns pictures and words into tokens. */
import type { Graph } from "../graph-value.js";
import type { ParameterSource } from "./parameters.js";

/** An RGB picture of bytes. */
export interface Picture {
  /** [height, width, 3]. */
  readonly rgb: Uint8Array;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
}

/** Frames → video tokens. */
export interface VideoEncoder {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "video-encoder";
  /** Stable identifier, written into bridge files. */
  readonly id: string;
  /** Frames per second it wants, e.g. 16. */
  readonly frameRate: number;
  /** Frames per segment, e.g. 64; every segment restarts at time 0. */
  readonly window: number;
  /** Pixels `[height, width]`. */
  readonly imageSize: readonly [number, number];
  /** Per-channel mean and standard deviation on the 0..1 scale, RGB. */
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /**
   * A frame → its pixels [3, height, width], for encoders that want something else than the whole picture stretched over `imageSize`
   * by exact area and normalised. Default: that.
   */
  readonly preprocess?: ((frame: Picture) => Float32Array) | undefined;
  /** Time steps of tokens per second, e.g. 8. */
  readonly tokenRate: number;
  /** Tokens of one time step, e.g. 64 for a grid of 8×8 over the picture; they share its time. Default 1. */
  readonly tokensPerStep?: number | undefined;
  /** Width of one token. */
  readonly tokenWidth: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
  /**
   * Input `pixels` [batch, frames, 3, height, width] float32, normalised; output `tokens`
   * [batch, frames·tokenRate/frameRate·tokensPerStep, tokenWidth], step by step.
   */
  graph(options: { readonly frames: number; readonly batch?: number }): Graph;
}

/** Text → tokens. */
export interface TextEncoder {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "text-encoder";
  /** Stable identifier, e.g. `"foley-control/small-text-encoder@1"`. */
  readonly id: string;
  /** Number of token rows, padding included. */
  readonly length: number;
  /** Width of one token row. */
  readonly tokenWidth: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
  /** Text → ids and mask (1 for real tokens), both of `length` entries. Over-long text is cut, never an error. */
  tokenise(text: string): { readonly ids: BigInt64Array; readonly mask: Float32Array };
  /** Inputs `ids` int64 [batch, length], `mask` float32 [batch, length]; output `tokens` [batch, length, tokenWidth], padding rows exactly zero. */
  graph(options?: { readonly batch?: number }): Graph;
}
