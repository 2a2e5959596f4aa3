/** Stage 2: the denoiser and its text encoder learn sound from text; later the bridge alone learns when, everything else frozen. */

import {
  type SmallBackboneConfig,
  smallConditioning,
  smallDenoiser,
  smallTextEncoderTokens,
} from "@foley-control/audio-backbone";
import { type Graph, type GraphValue, memoryParameters } from "@foley-control/core";
import { graph, inline, input } from "@foley-control/graph";
import { diffusionLoss } from "./diffusion.js";

/**
 * The loss of the small denoiser with its text encoder in front, because the two learn together: {@link diffusionLoss} with the inputs
 * `ids` and `mask` [batch, length], `textKept` [batch] (0 drops the whole context, as stable-audio-tools does) and `seconds` [batch] in
 * the place of `context` and `global`; output `loss`.
 */
export function denoiserLoss(config: SmallBackboneConfig, batch: number, frames: number): Graph {
  const ids = input("ids", [batch, config.text.length], "int64");
  const mask = input("mask", [batch, config.text.length]);
  const textKept = input("textKept", [batch]);
  const seconds = input("seconds", [batch]);
  const values = smallConditioning(config, smallTextEncoderTokens(config.text, ids, mask), seconds, textKept);
  const source = diffusionLoss(smallDenoiser(memoryParameters({}), config), { batch, frames });
  const { loss } = inline(source, values);
  const others = source.inputs.filter(({ name = "" }) => !(name in values));
  return graph("denoiser.loss", [...others, ids, mask, textKept, seconds], { loss: loss as GraphValue });
}
