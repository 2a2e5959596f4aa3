/**
 * The `model_config.json` of a Stable Audio 3 release (`model_type: "diffusion_cond_inpaint"`): which fields the graphs depend on, and which
 * others must have the value that the small models have. Fields about training are not read.
 */
import { FoleyError, type TimeShift } from "@foley-control/core";
import type * as z from "zod/mini";
import { checkedConfig } from "../checked-config.js";
import { schema, shiftOf, WIDEST_HEAD } from "./config-schema.js";
import type { StableAudio3Network } from "./diffusion-transformer.js";
import type { SameConfig } from "./same.js";
import type { SameBlocks } from "./same-resampler.js";

/** Everything about a release that shapes its graphs. */
export interface StableAudio3Config {
  /** Whether it was trained to need few steps: the models without `base` in their name. */
  readonly fewSteps: boolean;
  /** Longest sounds that it makes, seconds. */
  readonly seconds: number;
  /** How times are bent when it is sampled. */
  readonly shift: TimeShift;
  /** The diffusion network; its parameters begin with `model.model.`. */
  readonly transformer: StableAudio3Network;
  /** Latents ↔ waveform; its parameters begin with `pretransform.model.`. */
  readonly autoencoder: SameConfig;
  /** Text conditioning. */
  readonly prompt: {
    /** Its name among the conditioners. */
    readonly id: string;
    /** Folder of the text encoder in the release. */
    readonly folder: string;
    /** Token rows, padding included. */
    readonly length: number;
  };
  /** Conditioning on the duration, clamped to its range. */
  readonly duration: { readonly id: string; readonly min: number; readonly max: number };
  /** Width of a context row. */
  readonly conditionWidth: number;
  /** What the context rows are, in order: ids of prompt and duration. */
  readonly contextIds: readonly string[];
}

type Coder = z.output<ReturnType<typeof schema>>["model"]["pretransform"]["config"]["encoder" | "decoder"]["config"];

const blocksOf = (coder: Coder): SameBlocks => ({
  width: coder.channels * (coder.c_mults[0] as number),
  depth: coder.transformer_depths[0] as number,
  headWidth: coder.dim_heads,
  stride: coder.strides[0] as number,
  chunkPatches: coder.chunk_size,
  mappingTaps: coder.conv_mapping ? 3 : 1,
  mappingBias: coder.mapping_bias,
  rowsLearned: coder.variable_stride ? 1 : undefined,
  feedForwardMultiple: coder.ff_mult,
});

/**
 * Reads a parsed `model_config.json`.
 *
 * @param label - What to call the file in errors.
 * @throws FoleyError `bad-file` naming the field that is wrong, or the two that do not fit each other.
 */
export function readStableAudio3Config(json: unknown, label = "model_config.json"): StableAudio3Config {
  const { model, sample_rate, sample_size, audio_channels } = checkedConfig(schema, json, label);
  const { diffusion, conditioning, pretransform } = model;
  const {
    encoder,
    decoder,
    latent_dim,
    downsampling_ratio,
    io_channels,
    pretransform: patched,
    bottleneck,
  } = pretransform.config;
  const net = diffusion.config;
  const fits = (right: boolean, what: string): void => {
    if (!right) throw new FoleyError("bad-file", `${label}: ${what}.`, { hint: "Take the file of the release unchanged." });
  };
  const texts = conditioning.configs.flatMap((entry) => (entry.type === "t5gemma" ? [entry] : []));
  const numbers = conditioning.configs.flatMap((entry) => (entry.type === "number" ? [entry] : []));
  const [text, duration] = [texts[0], numbers[0]];
  fits(texts.length === 1 && numbers.length === 1, "model.conditioning.configs is not one prompt and one number");
  if (!text || !duration) throw new Error("unreachable");
  fits(
    [...diffusion.cross_attention_cond_ids].sort().join() === [text.id, duration.id].sort().join(),
    "model.diffusion.cross_attention_cond_ids must name the prompt and the number, each once",
  );
  fits(diffusion.global_cond_ids.join() === duration.id, "model.diffusion.global_cond_ids must name the number");
  fits(
    duration.config.max_val > duration.config.min_val,
    "the number among model.conditioning.configs has max_val not above min_val",
  );
  fits(
    [net.cond_token_dim, net.global_cond_dim].every((width) => width === conditioning.cond_dim),
    "model.conditioning.cond_dim is not cond_token_dim and global_cond_dim of model.diffusion.config",
  );
  const headWidth = net.embed_dim / net.num_heads;
  fits(Number.isInteger(headWidth / 2), "model.diffusion.config.embed_dim does not split into num_heads of even width");
  fits(
    headWidth <= 64 || headWidth % 4 === 0,
    `model.diffusion.config: half of heads of ${headWidth} is no even number to rotate`,
  );
  fits(headWidth >= 32, `model.diffusion.config: heads of ${headWidth} are narrower than the 32 that are rotated`);
  fits(headWidth <= WIDEST_HEAD, `model.diffusion.config: heads of ${headWidth} are wider than ${WIDEST_HEAD}`);
  fits(Number.isInteger(net.embed_dim * net.ff_kwargs.mult), "model.diffusion.config.ff_kwargs.mult does not make a whole width");
  fits(
    [net.io_channels, latent_dim, decoder.config.latent_dim, encoder.config.latent_dim, bottleneck.config.dim].every(
      (channels) => channels === model.io_channels,
    ),
    "the latent channels of model.io_channels, model.diffusion.config and model.pretransform.config differ",
  );
  fits(
    net.local_add_cond_dim === net.io_channels + 1,
    "model.diffusion.config.local_add_cond_dim is not io_channels and one for the mask",
  );
  fits(
    [patched.config.channels, io_channels].every((channels) => channels === audio_channels) &&
      [encoder.config.in_channels, decoder.config.out_channels].every(
        (channels) => channels === audio_channels * patched.config.patch_size,
      ),
    "audio_channels, the patches and the channels of model.pretransform.config do not fit",
  );
  const [down, up] = [blocksOf(encoder.config), blocksOf(decoder.config)];
  fits(
    down.stride === up.stride && down.chunkPatches === up.chunkPatches,
    "strides and chunk_size of encoder and decoder in model.pretransform.config differ",
  );
  for (const [name, { width, headWidth: head, stride, chunkPatches, feedForwardMultiple }] of [
    ["encoder", down],
    ["decoder", up],
  ] as const) {
    const coder = `model.pretransform.config.${name}.config`;
    const latents = chunkPatches / stride;
    fits(
      Number.isInteger(latents) && (latents * (stride + 1)) % 2 === 0,
      `${coder}: chunk_size ${chunkPatches} is no whole number of latents whose rows can be halved`,
    );
    fits(width % head === 0 && head % 4 === 0, `${coder}: a width of ${width} does not split into heads of ${head}`);
    fits(Number.isInteger(width * (feedForwardMultiple ?? 3)), `${coder}.ff_mult does not make a whole width`);
  }
  fits(
    patched.config.patch_size * down.stride === downsampling_ratio,
    "model.pretransform.config.downsampling_ratio is not the patch times the stride",
  );
  return {
    fewSteps: diffusion.diffusion_objective === "rf_denoiser",
    seconds: sample_size / sample_rate,
    shift: shiftOf(diffusion.sampling_distribution_shift_options),
    transformer: {
      ioChannels: net.io_channels,
      embedDim: net.embed_dim,
      depth: net.depth,
      numHeads: net.num_heads,
      condTokenDim: net.cond_token_dim,
      globalCondDim: net.global_cond_dim,
      localAddCondDim: net.local_add_cond_dim,
      memoryTokens: net.num_memory_tokens,
      feedForwardMultiple: net.ff_kwargs.mult,
      prefix: "model.model.",
    },
    autoencoder: {
      sampleRate: sample_rate,
      audioChannels: audio_channels,
      latentChannels: latent_dim,
      patch: patched.config.patch_size,
      encoder: down,
      decoder: up,
      prefix: "pretransform.model.",
    },
    prompt: { id: text.id, folder: text.config.subfolder, length: text.config.max_length },
    duration: { id: duration.id, min: duration.config.min_val, max: duration.config.max_val },
    conditionWidth: conditioning.cond_dim,
    contextIds: diffusion.cross_attention_cond_ids,
  };
}
