/** What a `model_config.json` of Stable Audio 3 may say; a value that another of its models has is named by its field. */
import type { TimeShift } from "@foley-control/core";
import * as z from "zod/mini";
import { size, upTo } from "../checked-config.js";

/** Widest head: tables of positions are built for it. */
export const WIDEST_HEAD = 1024;
/** Widest rows, and most rows that a latent, a chunk or a text is made of. */
const [WIDEST, LONGEST] = [65_536, 4096] as const;

const transformer = () =>
  z.strictObject({
    io_channels: size(),
    embed_dim: upTo(WIDEST),
    depth: upTo(1024),
    num_heads: size(),
    cond_token_dim: upTo(WIDEST),
    global_cond_dim: upTo(WIDEST),
    local_add_cond_dim: upTo(WIDEST),
    num_memory_tokens: z._default(z.int().check(z.nonnegative(), z.maximum(LONGEST)), 0),
    transformer_type: z._default(z.literal("continuous_transformer"), "continuous_transformer"),
    global_cond_type: z.literal("adaLN"),
    timestep_features_type: z.literal("expo"),
    // Medium's attention is a difference.
    attn_kwargs: z.strictObject({ qk_norm: z.literal("rms"), differential: z._default(z.literal(false), false) }),
    norm_type: z.literal("rms_norm"),
    norm_kwargs: z.optional(z.strictObject({ force_fp32: z.optional(z.boolean()) })),
    ff_kwargs: z._default(z.strictObject({ mult: z._default(z.number().check(z.positive(), z.maximum(64)), 4) }), { mult: 4 }),
    timestep_features_logsnr: z.optional(z.literal(false)),
    timestep_features_dim: z.optional(z.literal(256)),
    patch_size: z.optional(z.literal(1)),
    project_cond_tokens: z.optional(z.literal(true)),
    project_global_cond: z.optional(z.literal(true)),
    input_concat_dim: z.optional(z.literal(0)),
    prepend_cond_dim: z.optional(z.literal(0)),
  });

/** One half of SAME. That of medium has sliding windows instead of chunks, and blocks of another kind. */
const coder = () => ({
  channels: upTo(WIDEST),
  c_mults: z.array(upTo(LONGEST)).check(z.length(1)),
  strides: z.array(upTo(LONGEST)).check(z.length(1)),
  latent_dim: upTo(WIDEST),
  transformer_depths: z.array(upTo(1024)).check(z.length(1)),
  dim_heads: upTo(WIDEST_HEAD),
  chunk_size: upTo(LONGEST),
  chunk_midpoint_shift: z.literal(true),
  differential: z.literal(true),
  dyt: z._default(z.literal(true), true),
  sliding_window: z.optional(z.null()),
  sinusoidal_blocks: z.optional(z.array(z.literal(0))),
  mapping_style: z.optional(z.literal("none")),
  variable_stride: z._default(z.boolean(), false),
  conv_mapping: z._default(z.boolean(), false),
  mapping_bias: z._default(z.boolean(), true),
  ff_mult: z._default(z.number().check(z.positive(), z.maximum(64)), 3),
  // Parts that no release has: unread they would be left out without a word.
  conformer: z.optional(z.literal(false)),
  layer_scale: z.optional(z.literal(false)),
  feat_scale: z.optional(z.literal(false)),
  cross_attn: z.optional(z.literal(false)),
});

const autoencoder = () =>
  z.object({
    type: z.literal("autoencoder"),
    scale: z.optional(z.literal(1)),
    config: z.object({
      pretransform: z.object({
        type: z.literal("patched"),
        config: z.object({
          patch_size: size(),
          channels: size(),
          oversampling: z.optional(z.literal(1)),
          postfilter_channels: z.optional(z.literal(0)),
        }),
      }),
      encoder: z.object({
        type: z.literal("taae_v2"),
        config: z.object({ in_channels: size(), ...coder() }),
      }),
      decoder: z.object({
        type: z.literal("taae_v2"),
        config: z.object({ out_channels: size(), ...coder() }),
        soft_clip: z.optional(z.literal(false)),
      }),
      bottleneck: z.object({
        type: z.literal("softnorm"),
        config: z.object({
          dim: size(),
          noise_augment_dim: z._default(z.literal(0), 0),
          auto_scale: z.literal(true),
        }),
      }),
      latent_dim: size(),
      downsampling_ratio: size(),
      io_channels: size(),
    }),
  });

const conditioner = () =>
  z.discriminatedUnion("type", [
    z.object({
      id: z.string(),
      type: z.literal("t5gemma"),
      config: z.object({
        max_length: z._default(upTo(LONGEST), 256),
        padding_mode: z.literal("learned"),
        subfolder: z._default(z.string().check(z.regex(/^\w[\w.-]*$/u), z.maxLength(200)), "t5gemma-b-b-ul2"),
      }),
    }),
    z.object({
      id: z.literal("seconds_total"),
      type: z.literal("number"),
      config: z.object({
        min_val: z._default(z.number(), 0),
        max_val: z._default(z.number(), 1),
        fourier_features_type: z.literal("expo"),
      }),
    }),
  ]);

const number = () => z.optional(z.number());

/** How times are bent; the default of the reference where nothing is said. */
const shift = () =>
  z.nullish(
    z.discriminatedUnion("type", [
      z.object({
        type: z.literal("logsnr"),
        anchor_length: number(),
        anchor_logsnr: number(),
        rate: number(),
        logsnr_end: number(),
      }),
      z.object({
        type: z.literal("full"),
        base_shift: number(),
        max_shift: number(),
        min_length: number(),
        max_length: number(),
        use_sine: z.optional(z.boolean()),
      }),
      z.object({ type: z.literal("flux"), min_length: number(), max_length: number(), alpha_min: number(), alpha_max: number() }),
      z.object({ type: z.literal("none") }),
    ]),
  );

/** All of the file. */
export const schema = () =>
  z.object({
    model_type: z.literal("diffusion_cond_inpaint"),
    sample_rate: size(),
    sample_size: upTo(2 ** 31),
    audio_channels: z.union([z.literal(1), z.literal(2)]),
    model: z.object({
      pretransform: autoencoder(),
      conditioning: z.object({ cond_dim: size(), configs: z.array(conditioner()).check(z.minLength(1)) }),
      diffusion: z.object({
        type: z.literal("dit"),
        diffusion_objective: z.enum(["rectified_flow", "rf_denoiser"]),
        cross_attention_cond_ids: z.array(z.string()),
        global_cond_ids: z.array(z.string()),
        local_add_cond_ids: z.tuple([z.literal("inpaint_mask"), z.literal("inpaint_masked_input")]),
        modular_local_cond_configs: z.optional(z.null()),
        prepend_cond_ids: z.optional(z.tuple([])),
        input_concat_ids: z.optional(z.tuple([])),
        sampling_distribution_shift_options: shift(),
        config: transformer(),
      }),
      io_channels: size(),
    }),
  });

type Shift = z.output<ReturnType<typeof shift>>;

/** As the sampler calls it. */
export function shiftOf(said: Shift): TimeShift {
  switch (said?.type) {
    case undefined:
      return { kind: "log-snr" };
    case "none":
      // With α = 1 nothing is bent.
      return { kind: "rational" };
    case "logsnr":
      return {
        kind: "log-snr",
        anchor: said.anchor_logsnr,
        end: said.logsnr_end,
        rate: said.rate ?? 1,
        anchorLength: said.anchor_length,
      };
    case "full":
      return {
        kind: "exponential",
        baseShift: said.base_shift,
        maxShift: said.max_shift,
        minLength: said.min_length,
        maxLength: said.max_length,
        sine: said.use_sine,
      };
    case "flux":
      return {
        kind: "rational",
        minLength: said.min_length,
        maxLength: said.max_length,
        alphaMin: said.alpha_min,
        alphaMax: said.alpha_max,
      };
  }
}
