/** The `config.json` of a TangoFlux release, as far as its graphs depend on it. */
import { FoleyError } from "@foley-control/core";
import * as z from "zod/mini";
import { checkedConfig, size, upTo } from "../checked-config.js";

/** What shapes TangoFlux (Hung et al. 2024, "TangoFlux: Super Fast and Faithful Text to Audio Generation with Flow Matching"). */
export interface TangofluxConfig {
  /** Blocks in which sound and text are two streams with weights of their own. */
  readonly doubleBlocks: number;
  /** Blocks behind them, of one stream. */
  readonly singleBlocks: number;
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Heads of attention. */
  readonly heads: number;
  /** Channels of one head. */
  readonly headWidth: number;
  /** How many of them turn by the row's position along each axis; together all. */
  readonly axes: readonly number[];
  /** Width of a row of text. */
  readonly textWidth: number;
  /** Latents of every sampling, whatever is asked for. */
  readonly frames: number;
  /** Longest sound that it is told of, seconds. */
  readonly maximumSeconds: number;
  /** Name of the text encoder, whose tokeniser it needs. */
  readonly textEncoder: string;
}

/** Diffusers' `axes_dims_rope`, which TangoFlux leaves as it is. */
const AXES = [16, 56, 56] as const;

const blocks = () => z.int().check(z.nonnegative(), z.maximum(1024));

/** What is not said is as the authors' class has it. */
const schema = () =>
  z.object({
    num_layers: z._default(blocks(), 6),
    num_single_layers: z._default(blocks(), 18),
    in_channels: z._default(upTo(4096), 64),
    attention_head_dim: z._default(size(), 128),
    num_attention_heads: z._default(upTo(256), 8),
    joint_attention_dim: z._default(upTo(65_536), 1024),
    audio_seq_len: z._default(upTo(65_536), 645),
    max_duration: z._default(z.number().check(z.positive(), z.maximum(3600)), 30),
    text_encoder_name: z._default(
      z.string().check(z.regex(/^(?:[\w.-]+\/)?\w[\w.-]*$/u), z.maxLength(200)),
      "google/flan-t5-large",
    ),
  });

/**
 * Reads a parsed `config.json`.
 *
 * @throws FoleyError `bad-file` naming the field that is wrong
 */
export function readTangofluxConfig(json: unknown): TangofluxConfig {
  const found = checkedConfig(schema, json, "config.json of TangoFlux");
  const turned = AXES.reduce<number>((sum, width) => sum + width, 0);
  if (found.attention_head_dim !== turned)
    throw new FoleyError(
      "bad-file",
      `config.json of TangoFlux: attention_head_dim is ${found.attention_head_dim}; ${turned} was expected, which its positions need.`,
      { hint: "Take the config.json of declare-lab/TangoFlux." },
    );
  if (found.num_layers + found.num_single_layers === 0)
    throw new FoleyError(
      "bad-file",
      "config.json of TangoFlux: num_layers and num_single_layers are both 0; a block was expected.",
      {
        hint: "Take the config.json of declare-lab/TangoFlux.",
      },
    );
  return {
    doubleBlocks: found.num_layers,
    singleBlocks: found.num_single_layers,
    latentChannels: found.in_channels,
    heads: found.num_attention_heads,
    headWidth: found.attention_head_dim,
    axes: AXES,
    textWidth: found.joint_attention_dim,
    frames: found.audio_seq_len,
    maximumSeconds: found.max_duration,
    textEncoder: found.text_encoder_name,
  };
}
