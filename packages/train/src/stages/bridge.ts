/** Stage 4: only the bridge is trained; text encoder, denoiser, codec and video encoder are frozen (Rowles et al. 2025). */

import type { SmallBackboneConfig } from "@foley-control/audio-backbone";
import { type BridgeConfig, bridgeSublayer } from "@foley-control/bridge";
import type { Graph } from "@foley-control/core";
import { input } from "@foley-control/graph";
import { denoiserLoss } from "./denoiser.js";

/** The denoiser's loss with one more input `video` [batch, tokens, tokenWidth]; dropped tokens and clips are zeros in it. */
export function bridgeLoss(
  config: SmallBackboneConfig,
  bridge: BridgeConfig,
  batch: number,
  frames: number,
  videoTokens: number,
): Graph {
  const video = input("video", [batch, videoTokens, bridge.tokenWidth]);
  return denoiserLoss(config, batch, frames, (x, site) => bridgeSublayer(x, site, video, bridge), [video]);
}
