/** Stages 2 and 4: the denoiser learns sound from text; later the bridge alone learns when, everything else frozen. */

import {
  diffusionTransformer,
  diffusionTransformerSites,
  type SmallBackboneConfig,
  siteHook,
  smallConditioning,
  smallTextEncoderTokens,
} from "@foley-control/audio-backbone";
import type { BlockHook, Graph, GraphValue } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { meanSquaredError, vObjective } from "../objective.js";

/**
 * Inputs `latents` [batch, channels, frames], `noise` alike, `time` [batch], `ids` and `mask` [batch, length],
 * `textKept` [batch] (0 drops the whole context, as stable-audio-tools does), `seconds` [batch], and what `extraInputs`
 * adds; output `loss`.
 */
export function denoiserLoss(
  config: SmallBackboneConfig,
  batch: number,
  frames: number,
  hook?: BlockHook,
  extraInputs: readonly GraphValue[] = [],
): Graph {
  const shape = [batch, config.denoiser.ioChannels, frames];
  const latents = input("latents", shape);
  const noise = input("noise", shape);
  const time = input("time", [batch]);
  const ids = input("ids", [batch, config.text.length], "int64");
  const mask = input("mask", [batch, config.text.length]);
  const textKept = input("textKept", [batch]);
  const seconds = input("seconds", [batch]);
  const { noisy, target } = vObjective(latents, noise, time);
  const { context, global } = smallConditioning(config, smallTextEncoderTokens(config.text, ids, mask), seconds);
  const kept = ops.multiply(context, ops.reshape(textKept, [batch, 1, 1]));
  const latentRate = config.codec.sampleRate / (config.codec.frameHop * config.codec.framesPerLatent);
  const sites = diffusionTransformerSites(config.denoiser, frames, latentRate);
  const prediction = diffusionTransformer(
    config.denoiser,
    { latents: noisy, time, context: kept, global },
    siteHook(hook, sites),
  );
  return graph("denoiser.loss", [latents, noise, time, ids, mask, textKept, seconds, ...extraInputs], {
    loss: meanSquaredError(prediction, target),
  });
}
