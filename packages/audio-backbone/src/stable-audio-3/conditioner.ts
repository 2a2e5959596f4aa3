/**
 * What the denoiser of Stable Audio 3 is conditioned on (stable-audio-3 `models/conditioners.py`,
 * `ConditionedDiffusionModelWrapper.get_conditioning_inputs`): the prompt's rows, a learned row wherever there is no token, and one row for the
 * duration, which is the global conditioning too. Without text the whole context is zeros. Where guidance leads away from a text, rows
 * without a token are zeros.
 */
import type { Graph, GraphValue } from "@foley-control/core";
import { graph, input, linear, ops, parameter } from "@foley-control/graph";
import type { StableAudio3Config } from "./config.js";
import { expoFeatures } from "./expo-features.js";

/** Fourier features of the duration. */
const FEATURES = 256;

/** [batch] seconds → [batch, width]. */
function durationToken(seconds: GraphValue, { duration: { id, min, max }, conditionWidth }: StableAudio3Config): GraphValue {
  const clamped = ops.minimum(ops.maximum(seconds, min), max);
  const unit = ops.divide(ops.subtract(clamped, min), max - min);
  return linear(expoFeatures(unit, FEATURES), `conditioner.conditioners.${id}.embedder.embedding.1`, conditionWidth, true);
}

/**
 * Inputs `tokens` [batch, length, width], `mask` [batch, length], `secondsTotal`, `textKept` and `textAway` [batch]; outputs `context` [batch,
 * length + 1, width], `global` [batch, width] and `local` [batch, 1 + channels, frames], zeros: nothing is known of the latents.
 */
export function stableAudio3ConditionGraph(
  config: StableAudio3Config,
  { frames, batch = 1 }: { readonly frames: number; readonly batch?: number | undefined },
): Graph {
  const { conditionWidth: width, prompt, transformer } = config;
  const tokens = input("tokens", [batch, prompt.length, width]);
  const mask = input("mask", [batch, prompt.length]);
  const [secondsTotal, textKept, textAway] = ["secondsTotal", "textKept", "textAway"].map((name) => input(name, [batch])) as [
    GraphValue,
    GraphValue,
    GraphValue,
  ];
  const each = (value: GraphValue) => ops.reshape(value, [batch, -1, 1]);
  const padding = parameter(`conditioner.conditioners.${prompt.id}.padding_embedding`, [width]);
  const missing = ops.multiply(ops.subtract(1, each(mask)), ops.subtract(1, each(textAway)));
  const words = ops.add(ops.multiply(tokens, each(mask)), ops.multiply(missing, padding));
  const duration = durationToken(secondsTotal, config);
  const rows = config.contextIds.map((id) => (id === prompt.id ? words : ops.reshape(duration, [batch, 1, width])));
  return graph("condition", [tokens, mask, secondsTotal, textKept, textAway], {
    context: ops.multiply(ops.concat(rows, 1), each(textKept)),
    global: duration,
    local: ops.zeros([batch, transformer.localAddCondDim, frames]),
  });
}
