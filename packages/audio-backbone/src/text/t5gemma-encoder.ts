/**
 * The encoder of T5Gemma (Zhang et al. 2025; Hugging Face transformers `models/t5gemma/modeling_t5gemma.py`): Gemma 2's blocks, which look both
 * ways, with a norm before and behind each half. Parameter names are those of the Hugging Face checkpoints; the decoder of a checkpoint is not read.
 */
import type { GraphValue } from "@foley-control/core";
import {
  linear,
  maskedAttention,
  named,
  ops,
  parameter,
  queryKeyValue,
  rmsNorm,
  rotary,
  rotaryTables,
  tanhGelu,
} from "@foley-control/graph";
import type { T5GemmaConfig } from "./t5gemma-config.js";

/** What stands before the names of the encoder's parameters. */
export const T5GEMMA_PREFIX = "model.encoder.";

/** Options of {@link t5GemmaStates}. */
export interface T5GemmaOptions {
  /**
   * Whether scores are capped as the configuration says. transformers leaves it out with the attention that it picks by itself, and with
   * that Stable Audio 3 was trained. Default false.
   */
  readonly capped?: boolean | undefined;
}

/**
 * Token rows of a padded text.
 *
 * @param ids - int64 [batch, rows].
 * @param mask - float32 [batch, rows], 1 for real tokens: no row attends to the others.
 * @returns [batch, rows, width] after the final norm; rows of padding hold numbers that mean nothing.
 */
export function t5GemmaStates(
  config: T5GemmaConfig,
  ids: GraphValue,
  mask: GraphValue,
  { capped = false }: T5GemmaOptions = {},
): GraphValue {
  const { width, heads, headWidth, hidden } = config;
  const [batch, rows] = ids.shape as readonly [number, number];
  const name = (rest: string) => `${T5GEMMA_PREFIX}${rest}`;
  const norm = (x: GraphValue, part: string) =>
    rmsNorm(x, ops.add(parameter(name(`${part}.weight`), [width]), 1), config.epsilon);
  const table = ops.gather(parameter(name("embed_tokens.weight"), [config.vocabulary, width]), ids, 0);
  let x = ops.multiply(table, Math.sqrt(width));
  const seen = ops.greater(ops.reshape(mask, [batch, 1, 1, rows]), 0.5);
  const tables = rotaryTables([...new Array(rows).keys()], headWidth);
  const options = { heads, seen, scale: config.scoreScale ** -0.5, cap: capped ? config.cap : undefined };
  for (let layer = 0; layer < config.layers; layer++) {
    const part = (rest: string) => `layers.${layer}.${rest}`;
    const of = (rest: string) => name(part(`self_attn.${rest}_proj`));
    const [q, k, v] = queryKeyValue(norm(x, part("pre_self_attn_layernorm")), [of("q"), of("k"), of("v")], heads * headWidth);
    const found = maskedAttention(rotary(q, heads, tables), rotary(k, heads, tables), v, options);
    const attended = norm(linear(found, of("o"), width), part("post_self_attn_layernorm"));
    x = ops.add(x, named(attended, name(part("attention"))));
    const opened = norm(x, part("pre_feedforward_layernorm"));
    const gate = tanhGelu(linear(opened, name(part("mlp.gate_proj")), hidden));
    const fed = linear(ops.multiply(gate, linear(opened, name(part("mlp.up_proj")), hidden)), name(part("mlp.down_proj")), width);
    x = named(ops.add(x, norm(fed, part("post_feedforward_layernorm"))), name(`layers.${layer}`));
  }
  return norm(x, "norm");
}
