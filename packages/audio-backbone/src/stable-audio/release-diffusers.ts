/**
 * Stable Audio Open in the layout of diffusers (`scripts/convert_stable_audio.py`, `models/autoencoders/autoencoder_oobleck.py`,
 * `pipelines/stable_audio/modeling_stable_audio.py`): the same networks, with other names, queries, keys and values stored apart, and a
 * few tensors of another rank. The graphs stay those of stable-audio-tools; their parameters are replaced.
 */
import { elementCount, FoleyError, type Graph, type GraphValue, type Shape } from "@foley-control/core";
import { ops, parameter, rewrite } from "@foley-control/graph";
import * as z from "zod/mini";
import { checkedConfig, size } from "../checked-config.js";
import type { StableAudioConfig } from "./config.js";

/** The parsed configurations of a diffusers folder. */
export interface DiffusersFolder {
  /** `transformer/config.json`. */
  readonly transformer: unknown;
  /** `vae/config.json`. */
  readonly vae: unknown;
  /** `projection_model/config.json`. */
  readonly projection: unknown;
  /** `tokenizer/tokenizer_config.json`. */
  readonly tokenizer: unknown;
}

const transformer = () =>
  z.object({
    in_channels: size(),
    out_channels: size(),
    num_layers: size().check(z.maximum(1024)),
    attention_head_dim: size(),
    num_attention_heads: size(),
    cross_attention_dim: size(),
    cross_attention_input_dim: size(),
    global_states_input_dim: size(),
    time_proj_dim: z._default(size(), 256),
    sample_size: z._default(size(), 1024),
  });

const vae = () =>
  z.object({
    audio_channels: z.union([z.literal(1), z.literal(2)]),
    channel_multiples: z.array(size()).check(z.minLength(1), z.maxLength(16)),
    decoder_channels: size(),
    decoder_input_channels: size(),
    downsampling_ratios: z.array(size().check(z.minimum(2), z.multipleOf(2))).check(z.minLength(1), z.maxLength(16)),
    encoder_hidden_size: size(),
    sampling_rate: size(),
  });

const projection = () =>
  z.object({ conditioning_dim: size(), text_encoder_dim: size(), min_value: z.number(), max_value: z.number() });

const tokenizer = () => z.object({ model_max_length: size().check(z.maximum(4096)) });

/**
 * The configuration of a diffusers folder in the terms of a release.
 *
 * @throws FoleyError `bad-file` naming the file and the field.
 */
export function readDiffusersConfig(folder: DiffusersFolder): StableAudioConfig {
  const net = checkedConfig(transformer, folder.transformer, "transformer/config.json");
  const coder = checkedConfig(vae, folder.vae, "vae/config.json");
  const joint = checkedConfig(projection, folder.projection, "projection_model/config.json");
  const { model_max_length: length } = checkedConfig(tokenizer, folder.tokenizer, "tokenizer/tokenizer_config.json");
  const width = joint.conditioning_dim;
  const fits = (right: boolean, what: string): void => {
    if (!right) throw new FoleyError("bad-file", `${what}.`, { hint: "Take the folders of one release." });
  };
  fits(net.in_channels === net.out_channels, "transformer/config.json: in_channels and out_channels differ");
  fits(
    net.in_channels === coder.decoder_input_channels,
    "in_channels of transformer/config.json and decoder_input_channels of vae/config.json differ",
  );
  fits(
    net.cross_attention_input_dim === width,
    "cross_attention_input_dim of transformer/config.json is not conditioning_dim of projection_model/config.json",
  );
  fits(net.cross_attention_dim === width, "transformer/config.json: cross_attention_dim is not cross_attention_input_dim");
  fits(net.global_states_input_dim === 2 * width, "transformer/config.json: global_states_input_dim is not two numbers wide");
  fits(joint.text_encoder_dim === width, "projection_model/config.json: text_encoder_dim is not conditioning_dim");
  const range = { min: joint.min_value, max: joint.max_value };
  return {
    prediction: "v",
    seconds: (net.sample_size * elementCount(coder.downsampling_ratios)) / coder.sampling_rate,
    transformer: {
      ioChannels: net.in_channels,
      embedDim: net.num_attention_heads * net.attention_head_dim,
      depth: net.num_layers,
      numHeads: net.num_attention_heads,
      condTokenDim: width,
      globalCondDim: net.global_states_input_dim,
      projectCondTokens: false,
      qkNorm: "none",
      timestepFeatures: net.time_proj_dim,
      prefix: "model.model.",
    },
    autoencoder: {
      sampleRate: coder.sampling_rate,
      audioChannels: coder.audio_channels,
      latentChannels: coder.decoder_input_channels,
      encoderChannels: coder.encoder_hidden_size,
      decoderChannels: coder.decoder_channels,
      multiples: coder.channel_multiples,
      strides: coder.downsampling_ratios,
      prefix: "pretransform.model.",
    },
    prompt: { id: "prompt", model: "t5-base", length },
    numbers: [
      { id: "seconds_start", ...range },
      { id: "seconds_total", ...range },
    ],
    conditionWidth: width,
    contextIds: ["prompt", "seconds_start", "seconds_total"],
    globalIds: ["seconds_start", "seconds_total"],
  };
}

/** The same graph with every parameter of the release read from tensors as diffusers names and shapes them. */
export function renamedByDiffusers(source: Graph): Graph {
  return rewrite(source, { leaf: (value) => (value.kind === "parameter" ? (fromDiffusers(value) ?? value) : value) });
}

/** A parameter of the release made of those of diffusers; `undefined` for one of something else, e.g. a bridge. */
function fromDiffusers({ name = "", shape }: GraphValue): GraphValue | undefined {
  for (const [prefix, rename] of [
    ["model.model.", transformerName],
    ["pretransform.model.", autoencoderName],
    ["conditioner.conditioners.", conditionerName],
  ] as const) {
    if (!name.startsWith(prefix)) continue;
    const renamed = rename(name.slice(prefix.length));
    const apart = /^(.*)\.to_(qkv|kv)\.weight$/.exec(renamed);
    if (apart) {
      const parts = [...(apart[2] as string)];
      const rows = [(shape[0] as number) / parts.length, ...shape.slice(1)];
      return ops.concat(
        parts.map((part) => parameter(`${apart[1]}.to_${part}.weight`, rows)),
        0,
      );
    }
    return ops.reshape(parameter(renamed, storedShape(renamed, shape)), shape);
  }
  return undefined;
}

/** Snakes have an axis for batch and one for time; the frequencies of the time have one axis. */
function storedShape(name: string, shape: Shape): Shape {
  if (/(^|\.)snake[12]\./.test(name)) return [1, shape[0] as number, 1];
  return name === "time_proj.weight" ? [shape[0] as number] : shape;
}

function transformerName(name: string): string {
  return replaced(name, [
    [/^transformer\.layers\./, "transformer_blocks."],
    [/^transformer\.project_(in|out)\./, "proj_$1."],
    [/^timestep_features\./, "time_proj."],
    [/^to_timestep_embed\./, "timestep_proj."],
    [/^to_global_embed\./, "global_proj."],
    [/^to_cond_embed\./, "cross_attention_proj."],
    [/\.self_attn\./, ".attn1."],
    [/\.cross_attn\./, ".attn2."],
    [/\.to_out\./, ".to_out.0."],
    [/\.ff\.ff\./, ".ff.net."],
    [/\.pre_norm\./, ".norm1."],
    [/\.cross_attend_norm\./, ".norm2."],
    [/\.ff_norm\./, ".norm3."],
    [/\.gamma$/, ".weight"],
    [/\.beta$/, ".bias"],
  ]);
}

/** `encoder.layers.N…`: a first convolution, blocks, a snake, a last convolution. */
function autoencoderName(name: string): string {
  const [, coder, layer, rest] = /^(encoder|decoder)\.layers\.(\d+)\.(.*)$/.exec(name) ?? [];
  const index = Number(layer);
  if (coder === undefined || rest === undefined) return name;
  if (index === 0) return `${coder}.conv1.${rest}`;
  const inner = /^layers\.(\d+)\.(.*)$/.exec(rest);
  if (!inner) return `${coder}.${/^(alpha|beta)$/.test(rest) ? "snake1" : "conv2"}.${rest}`;
  const place = Number(inner[1]);
  const end = inner[2] as string;
  const block = `${coder}.block.${index - 1}`;
  const unit = coder === "encoder" ? place + 1 : place - 1;
  if (unit >= 1 && unit <= 3) {
    return `${block}.res_unit${unit}.${replaced(end, [
      [/^layers\.0\./, "snake1."],
      [/^layers\.1\./, "conv1."],
      [/^layers\.2\./, "snake2."],
      [/^layers\.3\./, "conv2."],
    ])}`;
  }
  if (/^(alpha|beta)$/.test(end)) return `${block}.snake1.${end}`;
  return `${block}.${coder === "encoder" ? "conv1" : "conv_t1"}.${end}`;
}

function conditionerName(name: string): string {
  return replaced(name, [
    [/^seconds_start\./, "start_number_conditioner."],
    [/^seconds_total\./, "end_number_conditioner."],
    [/\.embedder\.embedding\./, ".time_positional_embedding."],
  ]);
}

function replaced(name: string, rules: readonly (readonly [RegExp, string])[]): string {
  return rules.reduce((text, [pattern, by]) => text.replace(pattern, by), name);
}
