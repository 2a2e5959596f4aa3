/**
 * The `model_config.json` of a Stable Audio Open release (stable-audio-tools, `model_type: "diffusion_cond"`): which fields the graphs
 * depend on, and which others must have the value that the released models have. Fields about training are not read.
 */
import { elementCount, FoleyError } from "@foley-control/core";
import * as z from "zod/mini";
import { checkedConfig, size } from "../checked-config.js";
import type { DiffusionTransformerConfig } from "./diffusion-transformer.js";
import type { OobleckConfig } from "./oobleck.js";

/** A number that a model can be conditioned on. */
export type NumberId = "seconds_start" | "seconds_total";

/** Everything about a release that shapes its graphs. */
export interface StableAudioConfig {
  /** What the network predicts. */
  readonly prediction: "v" | "flow";
  /** Length of the sounds that it was trained on, seconds. */
  readonly seconds: number;
  /** The diffusion network; its parameters begin with `model.model.`. */
  readonly transformer: DiffusionTransformerConfig;
  /** Latents ↔ waveform; its parameters begin with `pretransform.model.`. */
  readonly autoencoder: OobleckConfig;
  /** Text conditioning. */
  readonly prompt: {
    /** Its name among the conditioners. */
    readonly id: string;
    /** Name of the T5 model, e.g. `"t5-base"`. */
    readonly model: string;
    /** Token rows, padding included. */
    readonly length: number;
  };
  /** Conditioning on numbers, in seconds, each clamped to its range. */
  readonly numbers: readonly { readonly id: NumberId; readonly min: number; readonly max: number }[];
  /** Width of a context row. */
  readonly conditionWidth: number;
  /** What the context rows are, in order: ids of the prompt and of numbers. */
  readonly contextIds: readonly string[];
  /** What the global conditioning is joined from, in order. */
  readonly globalIds: readonly NumberId[];
}

const transformer = () =>
  z.strictObject({
    io_channels: size(),
    embed_dim: size(),
    depth: size().check(z.maximum(1024)),
    num_heads: size(),
    cond_token_dim: size(),
    global_cond_dim: size(),
    project_cond_tokens: z._default(z.boolean(), true),
    attn_kwargs: z._default(z.strictObject({ qk_norm: z.nullish(z.enum(["none", "ln"])) }), {}),
    transformer_type: z._default(z.literal("continuous_transformer"), "continuous_transformer"),
    // What other models of stable-audio-tools do and these networks do not.
    patch_size: z.optional(z.literal(1)),
    project_global_cond: z.optional(z.literal(true)),
    global_cond_type: z.optional(z.literal("prepend")),
    timestep_cond_type: z.optional(z.literal("global")),
    num_memory_tokens: z.optional(z.literal(0)),
    input_concat_dim: z.optional(z.literal(0)),
    prepend_cond_dim: z.optional(z.literal(0)),
  });

const coder = () => ({
  channels: size(),
  c_mults: z.array(size()).check(z.minLength(1), z.maxLength(16)),
  strides: z.array(size().check(z.minimum(2), z.multipleOf(2))).check(z.minLength(1), z.maxLength(16)),
  latent_dim: size(),
  use_snake: z.literal(true),
});

const autoencoder = () =>
  z.object({
    type: z.literal("autoencoder"),
    scale: z.optional(z.literal(1)),
    config: z.object({
      encoder: z.object({ type: z.literal("oobleck"), config: z.strictObject({ in_channels: size(), ...coder() }) }),
      decoder: z.object({
        type: z.literal("oobleck"),
        config: z.strictObject({ out_channels: size(), final_tanh: z.literal(false), ...coder() }),
      }),
      bottleneck: z.object({ type: z.literal("vae") }),
      latent_dim: size(),
      downsampling_ratio: size(),
      io_channels: size(),
    }),
  });

const conditioner = () =>
  z.discriminatedUnion("type", [
    z.object({
      id: z.string(),
      type: z.literal("t5"),
      config: z.object({
        t5_model_name: z._default(z.string(), "t5-base"),
        max_length: z._default(size().check(z.maximum(4096)), 128),
        project_out: z.optional(z.literal(false)),
        enable_grad: z.optional(z.literal(false)),
      }),
    }),
    z.object({
      id: z.enum(["seconds_start", "seconds_total"]),
      type: z.literal("number"),
      config: z.object({ min_val: z._default(z.number(), 0), max_val: z._default(z.number(), 1) }),
    }),
  ]);

const schema = () =>
  z.object({
    model_type: z.literal("diffusion_cond"),
    sample_rate: size(),
    sample_size: size(),
    audio_channels: z.union([z.literal(1), z.literal(2)]),
    model: z.object({
      pretransform: autoencoder(),
      conditioning: z.object({ cond_dim: size(), configs: z.array(conditioner()).check(z.minLength(1)) }),
      diffusion: z.object({
        type: z.literal("dit"),
        diffusion_objective: z._default(z.enum(["v", "rectified_flow", "rf_denoiser"]), "v"),
        cross_attention_cond_ids: z.array(z.string()).check(z.minLength(1)),
        global_cond_ids: z.array(z.enum(["seconds_start", "seconds_total"])).check(z.minLength(1)),
        prepend_cond_ids: z.optional(z.tuple([])),
        input_concat_ids: z.optional(z.tuple([])),
        config: transformer(),
      }),
      io_channels: size(),
    }),
  });

/**
 * Reads a parsed `model_config.json`.
 *
 * @param label - What to call the file in errors.
 * @throws FoleyError `bad-file` naming the field that is wrong, or the two that do not fit each other.
 */
export function readStableAudioConfig(json: unknown, label = "model_config.json"): StableAudioConfig {
  const { model, sample_rate, sample_size, audio_channels } = checkedConfig(schema, json, label);
  const { diffusion, conditioning, pretransform } = model;
  const { encoder, decoder, latent_dim, downsampling_ratio, io_channels } = pretransform.config;
  const net = diffusion.config;

  const texts = conditioning.configs.filter((entry) => entry.type === "t5");
  const numbers = conditioning.configs.filter((entry) => entry.type === "number");
  const [text] = texts;
  const ids = conditioning.configs.map(({ id }) => id);
  const numberIds = numbers.map(({ id }) => id);
  const headWidth = net.embed_dim / net.num_heads;
  const contextWidth = net.project_cond_tokens ? net.embed_dim : net.cond_token_dim;
  const fits = (right: boolean, what: string): void => {
    if (!right) throw new FoleyError("bad-file", `${label}: ${what}.`, { hint: "Take the file of the release unchanged." });
  };
  fits(
    text !== undefined && texts.length === 1,
    `model.conditioning.configs has ${texts.length} conditioners of type t5, not one`,
  );
  fits(new Set(ids).size === ids.length, "two of model.conditioning.configs have the same id");
  fits(
    diffusion.cross_attention_cond_ids.every((id) => ids.includes(id)) &&
      diffusion.cross_attention_cond_ids.includes(text?.id ?? ""),
    "model.diffusion.cross_attention_cond_ids must name the prompt and nothing that is not among model.conditioning.configs",
  );
  fits(
    diffusion.global_cond_ids.every((id) => numberIds.includes(id)),
    "model.diffusion.global_cond_ids names what is not among model.conditioning.configs",
  );
  fits(
    numbers.every(({ config }) => config.max_val > config.min_val),
    "a number among model.conditioning.configs has max_val not above min_val",
  );
  fits(conditioning.cond_dim === net.cond_token_dim, "model.conditioning.cond_dim is not model.diffusion.config.cond_token_dim");
  fits(
    net.global_cond_dim === diffusion.global_cond_ids.length * conditioning.cond_dim,
    "model.diffusion.config.global_cond_dim is not cond_dim times the number of global_cond_ids",
  );
  fits(Number.isInteger(headWidth / 2), "model.diffusion.config.embed_dim does not split into num_heads of even width");
  fits(headWidth >= 32, `model.diffusion.config: heads of ${headWidth} are narrower than the 32 that are rotated`);
  fits(
    contextWidth % headWidth === 0 && net.embed_dim % contextWidth === 0,
    "model.diffusion.config.cond_token_dim does not split into heads that the num_heads can share",
  );
  fits(
    [net.io_channels, latent_dim, decoder.config.latent_dim, encoder.config.latent_dim / 2].every((n) => n === model.io_channels),
    "the latent channels of model.io_channels, model.diffusion.config and model.pretransform.config differ",
  );
  fits(
    [encoder.config.in_channels, decoder.config.out_channels, io_channels].every((n) => n === audio_channels),
    "audio_channels and the channels of model.pretransform.config differ",
  );
  fits(
    String(encoder.config.strides) === String(decoder.config.strides) &&
      String(encoder.config.c_mults) === String(decoder.config.c_mults) &&
      encoder.config.strides.length === encoder.config.c_mults.length,
    "strides and c_mults of encoder and decoder in model.pretransform.config do not match",
  );
  fits(
    elementCount(encoder.config.strides) === downsampling_ratio,
    "model.pretransform.config.downsampling_ratio is not the product of the strides",
  );

  return {
    prediction: diffusion.diffusion_objective === "v" ? "v" : "flow",
    seconds: sample_size / sample_rate,
    transformer: {
      ioChannels: net.io_channels,
      embedDim: net.embed_dim,
      depth: net.depth,
      numHeads: net.num_heads,
      condTokenDim: net.cond_token_dim,
      globalCondDim: net.global_cond_dim,
      projectCondTokens: net.project_cond_tokens,
      qkNorm: net.attn_kwargs.qk_norm ?? "none",
      prefix: "model.model.",
    },
    autoencoder: {
      sampleRate: sample_rate,
      audioChannels: audio_channels,
      latentChannels: latent_dim,
      encoderChannels: encoder.config.channels,
      decoderChannels: decoder.config.channels,
      multiples: encoder.config.c_mults,
      strides: encoder.config.strides,
      prefix: "pretransform.model.",
    },
    prompt: { id: text?.id ?? "", model: text?.config.t5_model_name ?? "", length: text?.config.max_length ?? 0 },
    numbers: numbers.map(({ id, config }) => ({ id, min: config.min_val, max: config.max_val })),
    conditionWidth: conditioning.cond_dim,
    contextIds: diffusion.cross_attention_cond_ids,
    globalIds: diffusion.global_cond_ids,
  };
}
