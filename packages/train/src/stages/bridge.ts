/** The bridge's loss: only the bridge is trained, text encoder, denoiser, codec and video encoder are frozen (Rowles et al. 2025). */

import { type BridgeConfig, bridgeSublayer, packedSize, tokenSources, unpackTokens } from "@foley-control/bridge";
import type { AudioBackbone, ClipSize, Graph, GraphValue } from "@foley-control/core";
import { graph, inline, input } from "@foley-control/graph";
import { conditioning } from "../conditioning.js";
import { diffusionLoss } from "./diffusion.js";

/** Sizes of a batch. */
export interface BridgeBatchSize extends ClipSize {
  /** Clips. */
  readonly batch: number;
  /** Video tokens per clip: of the encoder, or of each of several. */
  readonly videoTokens: number | readonly number[];
}

/**
 * The loss of a bridge in any backbone, from text tokens that were computed before: its conditioning, then {@link diffusionLoss}.
 *
 * @returns A graph with the inputs `latents` and `noise` [batch, channels, frames], `time` [batch], those of the conditioning and
 *   `video` [batch, all videoTokens, largest tokenWidth], see `packTokens`, in which dropped tokens and clips are zeros; output `loss`. Its parameters are those of the
 *   conditioning, of the denoiser and of the bridge.
 */
export function bridgeLoss(
  backbone: Pick<AudioBackbone, "conditionGraph" | "denoiser">,
  bridge: BridgeConfig,
  { videoTokens, ...size }: BridgeBatchSize,
): Graph {
  const counts = typeof videoTokens === "number" ? [videoTokens] : videoTokens;
  const parts = tokenSources(bridge).map(({ tokenWidth }, place) => ({ tokens: counts[place] ?? 0, tokenWidth }));
  const { tokens, tokenWidth } = packedSize(parts);
  const video = input("video", [size.batch, tokens, tokenWidth]);
  const seen = unpackTokens(video, parts);
  const { inputs, values } = conditioning(backbone, size);
  const source = diffusionLoss(backbone.denoiser, {
    ...size,
    hook: (x, site) => bridgeSublayer(x, site, seen, bridge),
    extraInputs: [video],
  });
  const { loss } = inline(source, values);
  const others = source.inputs.filter(({ name = "" }) => !(name in values));
  return graph("bridge.loss", [...others, ...inputs], { loss: loss as GraphValue });
}
