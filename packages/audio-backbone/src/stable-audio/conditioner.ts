/**
 * What the denoiser of a release is conditioned on (stable-audio-tools `models/conditioners.py` and
 * `ConditionedDiffusionModelWrapper.get_conditioning_inputs`): the prompt's rows with one row per number behind them, and the numbers
 * once more, side by side. The mask that the reference makes too is not used by its network, so there is none. Without text the whole
 * context is zeros, its numbers too.
 */
import type { Graph, GraphValue } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import type { NumberId, StableAudioConfig } from "./config.js";
import { numberConditioner } from "./number-conditioner.js";

/**
 * Inputs `tokens` [batch, length, width], `secondsStart`, `secondsTotal` and `textKept` [batch]; outputs `context` [batch, rows, width]
 * and `global` [batch, numbers·width].
 */
export function stableAudioConditionGraph(config: StableAudioConfig, batch = 1): Graph {
  const width = config.conditionWidth;
  const tokens = input("tokens", [batch, config.prompt.length, width]);
  const seconds: Readonly<Record<NumberId, GraphValue>> = {
    seconds_start: input("secondsStart", [batch]),
    seconds_total: input("secondsTotal", [batch]),
  };
  const numbers = new Map(
    config.numbers.map(({ id, min, max }) => [
      id,
      numberConditioner(seconds[id], `conditioner.conditioners.${id}`, { min, max, width }),
    ]),
  );
  const textKept = input("textKept", [batch]);
  const token = (id: NumberId): GraphValue => numbers.get(id) as GraphValue;
  const context = config.contextIds.map((id) =>
    id === config.prompt.id ? tokens : ops.reshape(token(id as NumberId), [batch, 1, width]),
  );
  return graph("condition", [tokens, seconds.seconds_start, seconds.seconds_total, textKept], {
    context: ops.multiply(ops.concat(context, 1), ops.reshape(textKept, [batch, 1, 1])),
    global: ops.concat(config.globalIds.map(token), 1),
  });
}
