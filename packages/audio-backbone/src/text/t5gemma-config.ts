/** The `config.json` of a T5Gemma folder (Hugging Face transformers, `T5GemmaConfig`), as far as the encoder needs it. */
import * as z from "zod/mini";
import { checkedConfig, upTo } from "../checked-config.js";

const schema = () =>
  z.object({
    model_type: z.literal("t5gemma"),
    encoder: z.object({
      hidden_size: upTo(65_536),
      head_dim: upTo(4096),
      intermediate_size: upTo(262_144),
      num_hidden_layers: upTo(256),
      num_attention_heads: upTo(1024),
      num_key_value_heads: upTo(1024),
      vocab_size: upTo(1 << 24),
      query_pre_attn_scalar: z.number().check(z.positive()),
      rms_norm_eps: z._default(z.number().check(z.positive()), 1e-6),
      rope_theta: z._default(z.literal(10_000), 10_000),
      // The same as newer versions of transformers write it.
      rope_parameters: z.nullish(
        // Strict: newer configurations may have positions for each kind of layer here.
        z.strictObject({
          rope_theta: z._default(z.literal(10_000), 10_000),
          rope_type: z._default(z.literal("default"), "default"),
          partial_rotary_factor: z.optional(z.literal(1)),
        }),
      ),
      rope_scaling: z.nullish(z.never()),
      hidden_activation: z._default(z.literal("gelu_pytorch_tanh"), "gelu_pytorch_tanh"),
      attention_bias: z._default(z.literal(false), false),
      attn_logit_softcapping: z.nullish(z.number().check(z.positive())),
      sliding_window: z._default(upTo(1 << 24), 4096),
    }),
    pad_token_id: z._default(z.int().check(z.nonnegative()), 0),
  });

/** Network of a T5Gemma encoder. */
export interface T5GemmaConfig {
  /** Width of a token row (`hidden_size`). */
  readonly width: number;
  /** Width of one head; heads × headWidth need not be `width`. */
  readonly headWidth: number;
  /** Heads of queries. */
  readonly heads: number;
  /** Hidden width of the feed-forward. */
  readonly hidden: number;
  /** Number of blocks. */
  readonly layers: number;
  /** Rows of the embedding table. */
  readonly vocabulary: number;
  /** Epsilon of the norms. */
  readonly epsilon: number;
  /** Scores are divided by its root (`query_pre_attn_scalar`). */
  readonly scoreScale: number;
  /** What scores are capped at where they are (`attn_logit_softcapping`). */
  readonly cap: number | undefined;
  /** Rows that a sliding layer sees on either side; texts are no longer. */
  readonly window: number;
  /** Id that fills the rows after the text. */
  readonly padId: number;
}

/**
 * Reads a parsed `config.json`.
 *
 * @param label - What to call the file in errors.
 * @throws FoleyError `bad-file` naming the field that is wrong.
 */
export function readT5GemmaConfig(json: unknown, label = "The T5Gemma config.json"): T5GemmaConfig {
  const { encoder, pad_token_id } = checkedConfig(schemaOfEqualHeads, json, label);
  return {
    width: encoder.hidden_size,
    headWidth: encoder.head_dim,
    heads: encoder.num_attention_heads,
    hidden: encoder.intermediate_size,
    layers: encoder.num_hidden_layers,
    vocabulary: encoder.vocab_size,
    epsilon: encoder.rms_norm_eps,
    scoreScale: encoder.query_pre_attn_scalar,
    cap: encoder.attn_logit_softcapping ?? undefined,
    window: encoder.sliding_window,
    padId: pad_token_id,
  };
}

/** Shared keys and values, and heads of odd width, are other models'. */
const schemaOfEqualHeads = () =>
  schema().check(
    z.refine(({ encoder }) => encoder.num_key_value_heads === encoder.num_attention_heads, {
      path: ["encoder", "num_key_value_heads"],
      error: "must be num_attention_heads",
    }),
    z.refine(({ encoder }) => encoder.head_dim % 2 === 0, { path: ["encoder", "head_dim"], error: "must be even" }),
  );
