/** Stage 1: the codec learns to rebuild log spectra through its latents. Sound only. */
import type { Graph } from "@foley-control/core";
import { compress, decodeMagnitudes, encodeMagnitudes, fourierConstants, LOG_SCALE, LOG_SHIFT, magnitudes, type SmallCodecConfig } from "@foley-control/audio-backbone";
import { graph, input, ops } from "@foley-control/graph";
import { meanOf, meanSquaredError } from "../objective.js";

/** Weight of the divergence from a standard normal (Kingma & Welling 2014). */
export const DIVERGENCE_WEIGHT = 1e-4;
const LOUDNESS_POWER = 0.3;
const LOUDNESS_WEIGHT = 500;

/** Inputs `audio` [batch, samples] and `noise` [batch, time, channels]; outputs `loss`, `logError`, `loudnessError`, `divergence`. */
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
  // Magnitudes to the power 0.3, about loudness: squared errors there keep the partials sharp and their level right.
  const loudness = (x: typeof predicted) => ops.exp(ops.multiply(ops.subtract(ops.multiply(ops.minimum(x, 3), LOG_SCALE), LOG_SHIFT), LOUDNESS_POWER));
  const loudnessError = meanSquaredError(loudness(predicted), loudness(target));
  const divergence = meanOf(ops.subtract(ops.multiply(ops.add(ops.square(mean), ops.exp(ops.multiply(limited, 2))), 0.5), ops.add(limited, 0.5)));
  const loss = ops.add(ops.add(ops.multiply(logError, 0.2), ops.multiply(loudnessError, LOUDNESS_WEIGHT)), ops.multiply(divergence, DIVERGENCE_WEIGHT));
  return graph("codec.loss", [audio, noise], { loss, logError, loudnessError, divergence });
}
