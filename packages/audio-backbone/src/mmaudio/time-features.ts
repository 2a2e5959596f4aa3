/**
 * Times as features: cosines, then sines. v2 lets them turn by up to 10,000·t; there float32 decides what a time is, so that the frequencies are rounded
 * as the reference rounds them.
 */
import type { GraphValue } from "@foley-control/core";
import { float, linear, ops } from "@foley-control/graph";
import type { MmaudioConfig } from "./config.js";

/** Features of a time in v1. */
const FEATURES = 256;
/** Ratio of the slowest frequency to the fastest. */
const PERIOD = 10_000;

/** Frequencies of a network, float32. */
export function timeFrequencies({ version, width }: Pick<MmaudioConfig, "version" | "width">): Float32Array {
  const features = version === "v2" ? width : FEATURES;
  const fastest = version === "v2" ? PERIOD : 1;
  const { fround } = Math;
  return Float32Array.from({ length: features / 2 }, (_, i) =>
    fround(fastest * fround(1 / fround(PERIOD ** fround((2 * i) / features)))),
  );
}

/** [batch] times, 0 is noise and 1 sound → [batch, features]. */
export function timeFeatures(time: GraphValue, frequencies: Float32Array): GraphValue {
  const angle = ops.multiply(ops.reshape(time, [-1, 1]), float(frequencies, [1, frequencies.length]));
  return ops.concat([ops.cos(angle), ops.sin(angle)], 1);
}

/** [batch] times → [batch, width]. */
export function timeEmbedding(time: GraphValue, config: MmaudioConfig): GraphValue {
  const hidden = ops.silu(linear(timeFeatures(time, timeFrequencies(config)), "t_embed.mlp.0", config.width, true));
  return linear(hidden, "t_embed.mlp.2", config.width, true);
}
