/** The diffusion network, and where a bridge goes into it. */
import type { Graph, GraphValue } from "../graph-value.js";
import type { ParameterSource } from "./parameters.js";

/** The place in a denoiser block where a bridge is inserted: after the text cross-attention, before the feed-forward. */
export interface BridgeSite {
  /** Block index from 0. */
  readonly block: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Heads of the block's self-attention. */
  readonly heads: number;
  /** Width of one head. */
  readonly headWidth: number;
  /** Rows at the front that are no latents (Stable Audio's global token); they pass unchanged. */
  readonly prefixTokens: number;
  /** Position in seconds of every row after the prefix. */
  readonly seconds: readonly number[];
}

/** What a denoiser calls at each site; the value returned replaces `x` for both of its consumers. */
export type BlockHook = (x: GraphValue, site: BridgeSite) => GraphValue;

/** For how long a clip, and with how much to read, graphs are built. */
export interface ClipSize {
  /** Latents. */
  readonly frames: number;
  /**
   * Rows of what is conditioned on, by name, where they depend on the clip or its prompt: `tokens` of the text, video streams. Default:
   * the whole length of the text.
   */
  readonly rows?: Readonly<Record<string, number>> | undefined;
}

/** The diffusion network. */
export interface Denoiser {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "denoiser";
  /** Stable identifier, written into bridge files. */
  readonly id: string;
  /**
   * What the network predicts: v = α·ε − σ·x₀ with α = cos(πt/2), or rectified flow's ε − x₀. Networks with another sign or with time
   * the other way round turn both inside their graph.
   */
  readonly prediction: "v" | "flow";
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Number of bridge sites; 0 where no bridge fits. */
  readonly blocks: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
  /** The sites for a given number of latent frames, one per block. */
  sites(frames: number): readonly BridgeSite[];
  /**
   * Inputs `latents` [batch, latentChannels, frames], `time` [batch] in 0..1 (1 is noise), and what it is conditioned on, float32 with
   * the batch first: the outputs of the backbone's condition graph, by name. Output `prediction` [batch, latentChannels, frames].
   */
  graph(
    options: ClipSize & {
      readonly batch?: number;
      readonly hook?: BlockHook | undefined;
      /** Further inputs that the hook reads, e.g. the video tokens. */
      readonly extraInputs?: readonly GraphValue[];
    },
  ): Graph;
}
