/** The loss of any denoiser on its own terms: noise is added as it was trained to remove it. */
import type { BlockHook, ClipSize, Denoiser, Graph, GraphValue } from "@foley-control/core";
import { graph, inline, input } from "@foley-control/graph";
import { flowObjective, meanSquaredError, vObjective } from "../objective.js";

/** Options of {@link diffusionLoss}. */
export interface DiffusionLossOptions extends ClipSize {
  /** Clips per batch. */
  readonly batch: number;
  /** What is trained inside the denoiser, e.g. `bridge.hook(video)`. */
  readonly hook?: BlockHook | undefined;
  /** Further inputs that the hook reads, e.g. `video`. */
  readonly extraInputs?: readonly GraphValue[] | undefined;
}

/**
 * How far a denoiser's answer is from the truth: the mean square over the batch, v-objective or rectified flow as the denoiser
 * predicts.
 *
 * @returns A graph with the inputs `latents` [batch, channels, frames], `noise` alike, `time` [batch], what the denoiser is
 *   conditioned on, and `extraInputs`; output `loss`.
 * @example
 * const video = input("video", [8, 32, encoder.tokenWidth]);
 * const loss = diffusionLoss(denoiser, { batch: 8, frames: 94, hook: bridge.hook(video), extraInputs: [video] });
 */
export function diffusionLoss(denoiser: Denoiser, options: DiffusionLossOptions): Graph {
  const { batch, frames, rows, hook, extraInputs = [] } = options;
  const network = denoiser.graph({ frames, rows, batch, hook, extraInputs });
  const shape = [batch, denoiser.latentChannels, frames];
  const [latents, noise, time] = [input("latents", shape), input("noise", shape), input("time", [batch])];
  const { noisy, target } = (denoiser.prediction === "v" ? vObjective : flowObjective)(latents, noise, time);
  const { prediction } = inline(network, { latents: noisy, time });
  const others = network.inputs.filter(({ name }) => name !== "latents" && name !== "time");
  return graph("diffusion.loss", [latents, noise, time, ...others], {
    loss: meanSquaredError(prediction as GraphValue, target),
  });
}
