/** The `config.json` of a T5 folder (Hugging Face transformers, `T5Config`), as far as the encoder needs it. */
import * as z from "zod/mini";
import { checkedConfig, size, upTo } from "../checked-config.js";

const schema = () =>
  z.object({
    model_type: z._default(z.literal("t5"), "t5"),
    d_model: upTo(65_536),
    d_kv: upTo(4096),
    d_ff: upTo(262_144),
    num_layers: upTo(256),
    num_heads: upTo(1024),
    vocab_size: size(),
    relative_attention_num_buckets: z._default(z.int().check(z.minimum(4), z.maximum(4096), z.multipleOf(2)), 32),
    relative_attention_max_distance: z._default(size(), 128),
    layer_norm_epsilon: z._default(z.number().check(z.positive()), 1e-6),
    feed_forward_proj: z._default(z.enum(["relu", "gated-gelu"]), "relu"),
    pad_token_id: z._default(z.int().check(z.nonnegative()), 0),
    eos_token_id: z._default(z.int().check(z.nonnegative()), 1),
  });

/** Distances that have a bucket of their own must not be all there are: what is farther is divided by how much farther the farthest is. */
const schemaOfDistances = () =>
  schema().check(
    z.refine((found) => found.relative_attention_max_distance > Math.floor(found.relative_attention_num_buckets / 4), {
      path: ["relative_attention_max_distance"],
      error: "must be above a quarter of relative_attention_num_buckets",
    }),
  );

/** Network of a T5 encoder. */
export interface T5Config {
  /** Width of a token row (`d_model`). */
  readonly width: number;
  /** Width of one head (`d_kv`); heads × headWidth need not be `width`. */
  readonly headWidth: number;
  /** Hidden width of the feed-forward (`d_ff`). */
  readonly hidden: number;
  /** Number of blocks (`num_layers`). */
  readonly layers: number;
  /** Heads of each block (`num_heads`). */
  readonly heads: number;
  /** Rows of the embedding table (`vocab_size`). */
  readonly vocabulary: number;
  /** Buckets of the relative position bias, both directions together. */
  readonly buckets: number;
  /** Distance from which on all share the last bucket. */
  readonly maxDistance: number;
  /** Epsilon of the norms. */
  readonly epsilon: number;
  /** `"relu"`: ReLU (T5 1.0). `"gated-gelu"`: GELU gate times value (T5 1.1, Flan). */
  readonly feedForward: "relu" | "gated-gelu";
  /** Id that fills the rows after the text. */
  readonly padId: number;
  /** Id that closes a text. */
  readonly endId: number;
}

/**
 * Reads a parsed `config.json`.
 *
 * @param label - What to call the file in errors.
 * @throws FoleyError `bad-file` naming the field that is wrong.
 */
export function readT5Config(json: unknown, label = "The T5 config.json"): T5Config {
  const found = checkedConfig(schemaOfDistances, json, label);
  return {
    width: found.d_model,
    headWidth: found.d_kv,
    hidden: found.d_ff,
    layers: found.num_layers,
    heads: found.num_heads,
    vocabulary: found.vocab_size,
    buckets: found.relative_attention_num_buckets,
    maxDistance: found.relative_attention_max_distance,
    epsilon: found.layer_norm_epsilon,
    feedForward: found.feed_forward_proj,
    padId: found.pad_token_id,
    endId: found.eos_token_id,
  };
}
