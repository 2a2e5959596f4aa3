/** The motion encoder: when something touches, where and how hard, and how a clip moves. It sees neither colour nor light. */
import type { ContactOutput, GraphValue, ParameterSource, VideoEncoder } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { EVENT_CHANNELS } from "../events/event-channels.js";
import { ledUpTo } from "./led-up-to.js";
import { brightness } from "./local-contrast.js";
import { type MotionNetworkConfig, motionNetwork } from "./network.js";
import { inTwoViews } from "./two-views.js";

/** The network, how clips are given to it, and how its contacts are read. */
export interface MotionEncoderConfig extends MotionNetworkConfig {
  /** Frames per second. */
  readonly frameRate: number;
  /** Frames of a window. */
  readonly window: number;
  /** Frames at either end of a window that are context only. */
  readonly context: number;
  /** Whether a clip is seen as it is and as its mirrored negative, and what is found is the mean of both: surer than either, for twice the time. Default false. */
  readonly mirroredNegative?: boolean;
  /** Found on held-out scenes after training. */
  readonly contacts: Omit<ContactOutput, "cells" | "level">;
}

/**
 * Channels of its tokens: how lively what lasts moves, then the events. No other channels are learned: what a picture of a drawing and one of
 * film have in common is when something happens, and a bridge that hears more than that from drawings hears it wrong from film.
 */
export const MOTION_TOKEN_WIDTH = 1 + EVENT_CHANNELS;

/** The configuration that ships. */
export const MOTION_ENCODER: MotionEncoderConfig = {
  imageSize: 64,
  surroundings: 4,
  patchSize: 4,
  widths: [32, 64],
  mixing: [
    [
      ["space", 1],
      ["time", 1],
    ],
    [
      ["time", 1],
      ["space", 1],
      ["time", 2],
      ["space", 1],
      ["time", 4],
      ["time", 1],
    ],
  ],
  pooledWidth: 64,
  tubeletSize: 2,
  frameRate: 32,
  window: 128,
  context: 16,
  mirroredNegative: true,
  // Best on rendered scenes between 0 and 0.25; surer, since more moves on film without touching. The lag is of pictures that stay for a while.
  contacts: { threshold: 0.5, spacing: 0.1, lag: 0.016 },
};

/** The motion encoder: 32 fps, 64×64 pixels, windows of 4 s that overlap by 1 s, 16 tokens a second of {@link MOTION_TOKEN_WIDTH} channels. */
export function motionEncoder(weights: ParameterSource, config: MotionEncoderConfig = MOTION_ENCODER): VideoEncoder {
  const { imageSize, patchSize, frameRate, window, context, tubeletSize, mirroredNegative, contacts } = config;
  const side = imageSize / patchSize / 2;
  return {
    specificationVersion: "v1",
    kind: "video-encoder",
    id: "foley-control/motion-encoder@1",
    frameRate,
    window,
    context,
    imageSize: [imageSize, imageSize],
    normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
    tokenRate: frameRate / tubeletSize,
    tokenWidth: MOTION_TOKEN_WIDTH,
    contacts: { ...contacts, cells: [side, side], level: 0 },
    weights,
    graph({ frames, batch = 1 }) {
      const pixels = input("pixels", [batch, frames, 3, imageSize, imageSize]);
      const luma = brightness(pixels);
      const seen = (picture: GraphValue) => motionNetwork(picture, config);
      const { changes, cells, frame, strengths, level } = mirroredNegative ? inTwoViews(luma, seen, [side, side]) : seen(luma);
      const tokens = frames / tubeletSize;
      const events = ops.zeros([batch, tokens, EVENT_CHANNELS]);
      return graph("motion-encoder", [pixels], {
        tokens: ops.concat([ops.reshape(level, [batch, tokens, 1]), events], 2),
        contacts: ops.add(cells, ops.add(frame, ledUpTo(changes))),
        strengths,
      });
    },
  };
}
