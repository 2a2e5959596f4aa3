/** Miniature configurations for the tests of this package: every part of the small networks at a fraction of its width. */
import { type SmallBackboneConfig, smallBackbone } from "@foley-control/audio-backbone";
import type { BridgeConfig } from "@foley-control/bridge";
import { type Graph, memoryParameters } from "@foley-control/core";
import type { MotionEncoderConfig, MotionNetworkConfig } from "@foley-control/video-encoder";
import { bridgeLoss } from "./stages/bridge.js";

const text = { vocabulary: ["a", "cup", "falls"], length: 3, width: 8, layers: 1, heads: 2 };

/** A backbone of two blocks. */
export const tinyBackbone: SmallBackboneConfig = {
  codec: { sampleRate: 8000, frameHop: 8, framesPerLatent: 2, latentChannels: 3, width: 6, blocks: 1, phaseIterations: 0 },
  text,
  denoiser: {
    ioChannels: 3,
    embedDim: 32,
    depth: 2,
    numHeads: 1,
    condTokenDim: text.width,
    globalCondDim: text.width,
    projectCondTokens: true,
    qkNorm: "none",
    feedForwardMultiple: 1,
    timestepFeatures: 8,
  },
  maxSeconds: 16,
};

/** A bridge for it. */
export const tinyBridge: BridgeConfig = {
  version: 1,
  backbone: "tiny",
  encoder: "tiny",
  blocks: tinyBackbone.denoiser.depth,
  width: tinyBackbone.denoiser.embedDim,
  headWidth: tinyBackbone.denoiser.embedDim / tinyBackbone.denoiser.numHeads,
  tokenWidth: 6,
  tokenRate: 8,
  tokensPerStep: 1,
  adapterHidden: 8,
  positions: "seconds",
  adapter: "per-block",
};

/** The loss of that bridge in that backbone. */
export const tinyBridgeLoss = (batch: number, frames: number, videoTokens: number): Graph =>
  bridgeLoss(smallBackbone(memoryParameters({}), tinyBackbone), tinyBridge, { batch, frames, videoTokens });

/** A motion network of one sublayer of each kind. */
export const tinyMotion: MotionNetworkConfig = {
  imageSize: 8,
  surroundings: 1.5,
  patchSize: 2,
  widths: [4, 6],
  mixing: [[["space", 1]], [["time", 2]]],
  pooledWidth: 6,
  tubeletSize: 2,
};

/** An encoder around it. */
export const tinyEncoder: MotionEncoderConfig = {
  ...tinyMotion,
  frameRate: 16,
  window: 16,
  context: 2,
  contacts: { threshold: 0, spacing: 0.1, lag: 0 },
};
