/**
 * Stage 1: the codec. Its components are found in closed form (`principal-components.ts`); then its small network learns to
 * sharpen what they blur, latents fixed. Sound only.
 */
import { codecStretches, projectStretches, rebuildStretches, type SmallCodecConfig } from "@foley-control/audio-backbone";
import type { Graph } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { meanOf, meanSquaredError } from "../objective.js";

/** Brings the squared error of square-root magnitudes, which are small numbers, to the order of one. */
const ROOT_WEIGHT = 1000;
/** Weight of the absolute error, which cares for the quiet. */
const ABSOLUTE_WEIGHT = 10;

/** Input `audio` [batch, samples]; outputs `loss`, `squaredError`, `absoluteError`. */
export function codecLoss(config: SmallCodecConfig, batch: number, frames: number): Graph {
  const audio = input("audio", [batch, frames * config.framesPerLatent * config.frameHop]);
  const stretches = ops.detach(codecStretches(audio, config));
  const rebuilt = rebuildStretches(ops.detach(projectStretches(stretches, config)), config);
  const squaredError = meanSquaredError(rebuilt, stretches);
  const absoluteError = meanOf(ops.abs(ops.subtract(rebuilt, stretches)));
  const loss = ops.add(ops.multiply(squaredError, ROOT_WEIGHT), ops.multiply(absoluteError, ABSOLUTE_WEIGHT));
  return graph("codec.loss", [audio], { loss, squaredError, absoluteError });
}

/** The parameters that {@link codecLoss} trains; the components are frozen. */
export const isSharpening = (name: string): boolean => name.startsWith("codec.sharpen.");
