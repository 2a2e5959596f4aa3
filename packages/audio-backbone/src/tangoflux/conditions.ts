/** What TangoFlux is conditioned on: rows of text with one of the duration behind them, and the mean of the text. */
import type { Graph, GraphValue } from "@foley-control/core";
import { graph, input, linear, ops } from "@foley-control/graph";
import { numberConditioner } from "../stable-audio/number-conditioner.js";
import type { TangofluxConfig } from "./config.js";

/** The duration as a row of text [batch, 1, textWidth]; seconds [batch] beyond the longest sound count as it. The name is the release's. */
export function durationRow(seconds: GraphValue, { textWidth, maximumSeconds }: TangofluxConfig): GraphValue {
  const range = { min: 0, max: maximumSeconds, width: textWidth, layers: "time_positional_embedding" };
  return ops.reshape(numberConditioner(seconds, "duration_emebdder", range), [-1, 1, textWidth]);
}

/** The mean of the rows that are text, through one layer: [batch, textWidth]. */
export function pooledText(tokens: GraphValue, mask: GraphValue, { textWidth }: TangofluxConfig): GraphValue {
  const [batch, rows] = mask.shape as readonly [number, number];
  const sum = ops.sum(ops.multiply(tokens, ops.reshape(mask, [batch, rows, 1])), [1]);
  const mean = ops.divide(sum, ops.maximum(ops.sum(mask, [1], true), 1));
  return ops.relu(linear(mean, "fc.0", textWidth, true));
}

/**
 * Graph: `tokens` [batch, rows, textWidth], `mask` [batch, rows], `secondsTotal` [batch] → `context` [batch, rows + 1, textWidth], `pooled`
 * [batch, textWidth]. Silence is the encoded empty text, padding and all.
 */
export function tangofluxConditionGraph(config: TangofluxConfig, rows: number, batch = 1): Graph {
  const tokens = input("tokens", [batch, rows, config.textWidth]);
  const mask = input("mask", [batch, rows]);
  const secondsTotal = input("secondsTotal", [batch]);
  return graph("condition", [tokens, mask, secondsTotal], {
    context: ops.concat([tokens, durationRow(secondsTotal, config)], 1),
    pooled: pooledText(tokens, mask, config),
  });
}
