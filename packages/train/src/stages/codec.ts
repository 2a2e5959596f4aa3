/** Stage 1: the codec learns to rebuild log spectra through its latents. Sound only. */
import type { Graph } from "@foley-control/core";
import { compress, decodeMagnitudes, encodeMagnitudes, fourierConstants, magnitudes, type SmallCodecConfig } from "@foley-control/audio-backbone";
import { graph, input, ops } from "@foley-control/graph";
import { meanOf } from "../objective.js";

/** Weight of the divergence from a standard normal (Kingma & Welling 2014). */
export const DIVERGENCE_WEIGHT = 2e-4;

/** Inputs `audio` [batch, samples] and `noise` [batch, time, channels]; outputs `loss`, `logError`, `rootError`, `divergence`. */
export function codecLoss(config: SmallCodecConfig, batch: number, frames: number): Graph {
  const samples = frames * config.framesPerLatent * config.frameHop;
  const audio = input("audio", [batch, samples]);
  const noise = input("noise", [batch, frames, config.latentChannels]);
  const magnitude = magnitudes(audio, fourierConstants(config.frameHop));
  const target = compress(magnitude);
  const { mean, logDeviation } = encodeMagnitudes(magnitude, config);
  const limited = ops.minimum(ops.maximum(logDeviation, -6), 2);
  const latents = ops.add(mean, ops.multiply(ops.exp(limited), noise));
  const predicted = decodeMagnitudes(latents, config);
  const logError = meanOf(ops.abs(ops.subtract(predicted, target)));
  // Square roots of magnitudes weigh what is loud: the attack and the partials, not the floor.
  const root = (x: typeof predicted) => ops.exp(ops.multiply(ops.minimum(x, 3), 1.5));
  const rootError = meanOf(ops.abs(ops.subtract(root(predicted), root(target))));
  const divergence = meanOf(ops.subtract(ops.multiply(ops.add(ops.square(mean), ops.exp(ops.multiply(limited, 2))), 0.5), ops.add(limited, 0.5)));
  const loss = ops.add(ops.add(logError, ops.multiply(rootError, 0.5)), ops.multiply(divergence, DIVERGENCE_WEIGHT));
  return graph("codec.loss", [audio, noise], { loss, logError, rootError, divergence });
}
