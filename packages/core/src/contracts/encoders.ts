/** What turns pictures and words into tokens. */
import type { Graph } from "../graph-value.js";
import type { ContactOutput } from "./events.js";
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
  /** Frames per window, e.g. 64; every window restarts at time 0. */
  readonly window: number;
  /** Frames from the start of one window to the start of the next; fewer than `window` and they overlap. Default: `window`. */
  readonly step?: number | undefined;
  /**
   * Frames at either end of a window that are only context where the clip goes on there: windows overlap by twice as many, and the tokens
   * of every moment come from one window. Default 0.
   */
  readonly context?: number | undefined;
  /** Frames at the end that fill no window: the last one is held to fill it, or they are not seen. Default `"hold"`. */
  readonly end?: "hold" | "drop" | undefined;
  /** Which picture it is shown at a tick: the one on screen then, or the first that comes at or after it. Default `"shown"`. */
  readonly takes?: "shown" | "next" | undefined;
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
  /** Present when it finds contacts. */
  readonly contacts?: ContactOutput | undefined;
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
  /** Most token rows, padding included. */
  readonly length: number;
  /** Rows of padding: exactly zero, or computed like any other because the network attends to them. */
  readonly padding: "zero" | "computed";
  /**
   * Rows for texts that are read together, where a network sees how many there are: those of the longest text, say. Default: always
   * `length`.
   */
  readonly rowsFor?: ((texts: readonly string[]) => number) | undefined;
  /** Width of one token row. */
  readonly tokenWidth: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
  /** Text → ids and mask (1 for real tokens), both of `rows` entries (default `length`). Over-long text is cut, never an error. */
  tokenise(text: string, rows?: number): { readonly ids: BigInt64Array; readonly mask: Float32Array };
  /** Inputs `ids` int64 [batch, rows], `mask` float32 [batch, rows]; output `tokens` [batch, rows, tokenWidth]. Default `length` rows. */
  graph(options?: { readonly batch?: number; readonly rows?: number }): Graph;
}
