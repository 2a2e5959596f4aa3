/** The trained part. */
import type { GraphValue } from "../graph-value.js";
import type { Shape } from "../tensor.js";
import type { BlockHook } from "./denoiser.js";
import type { ParameterSource } from "./parameters.js";

/** The trained part: video cross-attention for every site of one backbone. */
export interface Bridge {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "bridge";
  /** Everything needed to rebuild it; stored in the file's metadata. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names and shapes of exactly the trainable parameters. */
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
  /** Values of `parameters`. */
  readonly weights: ParameterSource;
  /**
   * A hook that lets every site attend to `videoTokens` [batch, time, tokenWidth], those of its encoder, or of each of several in their order, with
   * none of one that saw nothing. Zero tokens contribute exactly zero.
   */
  hook(videoTokens: GraphValue | readonly (GraphValue | undefined)[]): BlockHook;
}
