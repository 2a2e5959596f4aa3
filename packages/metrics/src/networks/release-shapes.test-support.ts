/** Weights of which only names and shapes are known: what a network says to a release can be tested without the release. */
import type { ParameterSource, Shape } from "@foley-control/core";
import { AUDIOBOX_AXES } from "./audiobox.js";

/** Shapes by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** A linear layer, a convolution or a norm: `.weight`, and `.bias` of its outputs. */
export const biased = (name: string, ...shape: number[]): Shapes => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: shape.slice(0, 1),
});

/** The same for every number below `count`. */
export const times = (count: number, make: (i: number) => Shapes): Shapes =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => make(i))) as Shapes;

/** The shapes as a source without bytes. */
export const shapesOnly = (shapes: Shapes): ParameterSource => ({
  names: () => Object.keys(shapes),
  get: (name) => {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    return shape && { dtype: "float32", shape, bytes: { kind: "memory", bytes: new Uint8Array() } };
  },
});

/** How many numbers there are under names that match. */
export const countOf = (shapes: Shapes, names = /(?:)/): number =>
  Object.entries(shapes).reduce(
    (sum, [name, shape]) => sum + (names.test(name) ? shape.reduce((product, size) => product * size, 1) : 0),
    0,
  );

/** `vggish-10086976.pth`, or one of other widths. */
export function vggishShapes(
  [a, b, c, d]: readonly [number, number, number, number] = [64, 128, 256, 512],
  hidden = 4096,
): Shapes {
  return {
    ...biased("features.0", a, 1, 3, 3),
    ...biased("features.3", b, a, 3, 3),
    ...biased("features.6", c, b, 3, 3),
    ...biased("features.8", c, c, 3, 3),
    ...biased("features.11", d, c, 3, 3),
    ...biased("features.13", d, d, 3, 3),
    ...biased("embeddings.0", hidden, 24 * d),
    ...biased("embeddings.2", hidden, hidden),
    ...biased("embeddings.4", 128, hidden),
  };
}

const batchNorm = (name: string, channels: number): Shapes => ({
  ...biased(name, channels),
  [`${name}.running_mean`]: [channels],
  [`${name}.running_var`]: [channels],
});

/** `Cnn14_16k_mAP=0.438.pth`, or one of other widths. */
export function pannsShapes(widths: readonly number[] = [64, 128, 256, 512, 1024, 2048]): Shapes {
  const last = widths.at(-1) as number;
  return {
    "spectrogram_extractor.stft.conv_real.weight": [257, 1, 512],
    "spectrogram_extractor.stft.conv_imag.weight": [257, 1, 512],
    "logmel_extractor.melW": [257, 64],
    ...batchNorm("bn0", 64),
    ...times(widths.length, (i) => ({
      [`conv_block${i + 1}.conv1.weight`]: [widths[i] as number, widths[i - 1] ?? 1, 3, 3],
      [`conv_block${i + 1}.conv2.weight`]: [widths[i] as number, widths[i] as number, 3, 3],
      ...batchNorm(`conv_block${i + 1}.bn1`, widths[i] as number),
      ...batchNorm(`conv_block${i + 1}.bn2`, widths[i] as number),
    })),
    ...biased("fc1", last, last),
    ...biased("fc_audioset", 527, last),
  };
}

/** `passt-s-f128-p16-s10-ap.476-swa.pt`, or one of another width and depth. */
export const passtShapes = (width = 768, depth = 12): Shapes => ({
  cls_token: [1, 1, width],
  dist_token: [1, 1, width],
  new_pos_embed: [1, 2, width],
  freq_new_pos_embed: [1, width, 12, 1],
  time_new_pos_embed: [1, width, 1, 99],
  ...biased("patch_embed.proj", width, 1, 16, 16),
  ...times(depth, (i) => ({
    ...biased(`blocks.${i}.norm1`, width),
    ...biased(`blocks.${i}.attn.qkv`, 3 * width, width),
    ...biased(`blocks.${i}.attn.proj`, width, width),
    ...biased(`blocks.${i}.norm2`, width),
    ...biased(`blocks.${i}.mlp.fc1`, 4 * width, width),
    ...biased(`blocks.${i}.mlp.fc2`, width, 4 * width),
  })),
  ...biased("norm", width),
  ...biased("head.0", width),
  ...biased("head.1", 527, width),
  ...biased("head_dist", 527, width),
});

/** `checkpoint.pt` of Audiobox Aesthetics, or one of other sizes. */
export function audioboxShapes(width = 768, depth = 12, channels = 512, heads = 12): Shapes {
  const wavlm = "wavlm_model.";
  const encoder = `${wavlm}encoder.`;
  const convolutions = `${wavlm}feature_extractor.conv_layers.`;
  return {
    ...times(7, (i) => ({
      [`${convolutions}${i}.0.weight`]: [channels, i === 0 ? 1 : channels, [10, 3, 3, 3, 3, 2, 2][i] as number],
    })),
    ...biased(`${convolutions}0.2`, channels),
    [`${wavlm}mask_emb`]: [width],
    ...biased(`${wavlm}layer_norm`, channels),
    ...biased(`${wavlm}post_extract_proj`, width, channels),
    [`${encoder}pos_conv.0.bias`]: [width],
    [`${encoder}pos_conv.0.weight_g`]: [1, 1, 128],
    [`${encoder}pos_conv.0.weight_v`]: [width, width / 16, 128],
    ...biased(`${encoder}layer_norm`, width),
    [`${encoder}layers.0.self_attn.relative_attention_bias.weight`]: [320, heads],
    ...times(depth, (i) => {
      const name = `${encoder}layers.${i}.`;
      return {
        ...Object.assign({}, ...["q", "k", "v", "out"].map((which) => biased(`${name}self_attn.${which}_proj`, width, width))),
        ...biased(`${name}self_attn.grep_linear`, 8, width / heads),
        [`${name}self_attn.grep_a`]: [1, heads, 1, 1],
        ...biased(`${name}self_attn_layer_norm`, width),
        ...biased(`${name}fc1`, 4 * width, width),
        ...biased(`${name}fc2`, width, 4 * width),
        ...biased(`${name}final_layer_norm`, width),
      };
    }),
    ...Object.assign(
      {},
      ...AUDIOBOX_AXES.map((axis) => ({
        [`layer_weights.${axis}`]: [depth + 1],
        ...times(4, (i) => ({
          ...biased(`proj_layer.${axis}.${3 * i}`, width, width),
          ...biased(`proj_layer.${axis}.${3 * i + 1}`, width),
        })),
        ...biased(`proj_layer.${axis}.12`, 1, width),
      })),
    ),
  };
}

const aggregate = (name: string, width: number): Shapes => ({
  [`${name}.cls_token`]: [1, 1, width],
  [`${name}.self_attn.in_proj_weight`]: [3 * width, width],
  [`${name}.self_attn.in_proj_bias`]: [3 * width],
  ...biased(`${name}.self_attn.out_proj`, width, width),
  ...biased(`${name}.linear1`, 4 * width, width),
  ...biased(`${name}.linear2`, width, 4 * width),
  ...biased(`${name}.norm1`, width),
  ...biased(`${name}.norm2`, width),
});

/** `synchformer_state_dict.pth` of any width and depth. */
export function synchformerShapes(width = 768, depth = 12): Shapes {
  const square = (name: string) => biased(name, width, width);
  const norm = (name: string) => biased(name, width);
  const mlp = (first: string, second: string) => ({
    ...biased(first, 4 * width, width),
    ...biased(second, width, 4 * width),
  });
  const [video, audio] = ["vfeat_extractor", "afeat_extractor.ast"] as const;
  return {
    [`${video}.cls_token`]: [1, 1, width],
    [`${video}.pos_embed`]: [1, 197, width],
    [`${video}.temp_embed`]: [1, 8, width],
    ...biased(`${video}.patch_embed.proj`, width, 3, 16, 16),
    ...biased(`${video}.patch_embed_3d.proj`, width, 3, 2, 16, 16),
    ...times(depth, (i) => ({
      ...norm(`${video}.blocks.${i}.norm1`),
      ...norm(`${video}.blocks.${i}.norm2`),
      ...norm(`${video}.blocks.${i}.norm3`),
      ...biased(`${video}.blocks.${i}.attn.qkv`, 3 * width, width),
      ...square(`${video}.blocks.${i}.attn.proj`),
      ...biased(`${video}.blocks.${i}.timeattn.qkv`, 3 * width, width),
      ...square(`${video}.blocks.${i}.timeattn.proj`),
      ...mlp(`${video}.blocks.${i}.mlp.fc1`, `${video}.blocks.${i}.mlp.fc2`),
    })),
    ...norm(`${video}.norm`),
    ...aggregate(`${video}.spatial_attn_agg`, width),
    [`${audio}.embeddings.cls_token`]: [1, 1, width],
    [`${audio}.embeddings.distillation_token`]: [1, 1, width],
    [`${audio}.embeddings.position_embeddings`]: [1, 74, width],
    ...biased(`${audio}.embeddings.patch_embeddings.projection`, width, 1, 16, 16),
    ...times(depth, (i) => ({
      ...square(`${audio}.encoder.layer.${i}.attention.attention.query`),
      ...square(`${audio}.encoder.layer.${i}.attention.attention.key`),
      ...square(`${audio}.encoder.layer.${i}.attention.attention.value`),
      ...square(`${audio}.encoder.layer.${i}.attention.output.dense`),
      ...mlp(`${audio}.encoder.layer.${i}.intermediate.dense`, `${audio}.encoder.layer.${i}.output.dense`),
      ...norm(`${audio}.encoder.layer.${i}.layernorm_before`),
      ...norm(`${audio}.encoder.layer.${i}.layernorm_after`),
    })),
    ...norm(`${audio}.layernorm`),
    ...aggregate("afeat_extractor.freq_attn_agg", width),
    ...square("vproj"),
    ...square("aproj"),
    "transformer.OFF_tok": [1, 1, width],
    "transformer.MOD_tok": [1, 1, width],
    ...norm("transformer.vis_in_lnorm"),
    ...norm("transformer.aud_in_lnorm"),
    "transformer.pos_emb_cfg.pos_emb": [1, 198, width],
    ...times(3, (i) => ({
      ...norm(`transformer.blocks.${i}.ln1`),
      ...norm(`transformer.blocks.${i}.ln2`),
      ...square(`transformer.blocks.${i}.attn.key`),
      ...square(`transformer.blocks.${i}.attn.query`),
      ...square(`transformer.blocks.${i}.attn.value`),
      ...square(`transformer.blocks.${i}.attn.proj`),
      ...mlp(`transformer.blocks.${i}.mlp.0`, `transformer.blocks.${i}.mlp.2`),
    })),
    ...norm("transformer.ln_f"),
    ...biased("transformer.off_head", 21, width),
  };
}

/** One sense of `imagebind_huge.pth`. */
export function imagebindShapes(name: "vision" | "audio", width: number, depth: number, out: number): Shapes {
  const [before, trunk, head] = ["preprocessors", "trunks", "heads"].map((part) => `modality_${part}.${name}`);
  return {
    [`${before}.cls_token`]: [1, 1, width],
    [`${before}.pos_embedding_helper.pos_embed`]: [1, name === "vision" ? 257 : 229, width],
    ...(name === "vision"
      ? { [`${before}.rgbt_stem.proj.1.weight`]: [width, 3, 2, 14, 14], ...biased(`${trunk}.pre_transformer_layer.0`, width) }
      : { [`${before}.rgbt_stem.proj.weight`]: [width, 1, 16, 16], ...biased(`${before}.rgbt_stem.norm_layer`, width) }),
    ...times(depth, (i) => ({
      [`${trunk}.blocks.${i}.attn.in_proj_weight`]: [3 * width, width],
      [`${trunk}.blocks.${i}.attn.in_proj_bias`]: [3 * width],
      ...(name === "audio" && {
        [`${trunk}.blocks.${i}.attn.bias_k`]: [1, 1, width],
        [`${trunk}.blocks.${i}.attn.bias_v`]: [1, 1, width],
      }),
      ...biased(`${trunk}.blocks.${i}.attn.out_proj`, width, width),
      ...biased(`${trunk}.blocks.${i}.norm_1`, width),
      ...biased(`${trunk}.blocks.${i}.norm_2`, width),
      ...biased(`${trunk}.blocks.${i}.mlp.fc1`, 4 * width, width),
      ...biased(`${trunk}.blocks.${i}.mlp.fc2`, width, 4 * width),
    })),
    ...biased(`${head}.0`, width),
    [`${head}.2.weight`]: [out, width],
    ...(name === "audio" && { "modality_postprocessors.audio.1.log_logit_scale": [] }),
  };
}

/** HTSAT behind a prefix. */
export function htsatShapes(name: string, width: number, depths: readonly number[], heads: readonly number[]): Shapes {
  return {
    [`${name}spectrogram_extractor.stft.conv_real.weight`]: [513, 1, 1024],
    [`${name}spectrogram_extractor.stft.conv_imag.weight`]: [513, 1, 1024],
    [`${name}logmel_extractor.melW`]: [513, 64],
    ...biased(`${name}bn0`, 64),
    [`${name}bn0.running_mean`]: [64],
    [`${name}bn0.running_var`]: [64],
    ...biased(`${name}patch_embed.proj`, width, 1, 4, 4),
    ...biased(`${name}patch_embed.norm`, width),
    ...times(depths.length, (stage) => {
      const wide = width * 2 ** stage;
      const layer = `${name}layers.${stage}.`;
      return {
        ...times(depths[stage] as number, (block) => ({
          ...biased(`${layer}blocks.${block}.norm1`, wide),
          [`${layer}blocks.${block}.attn.relative_position_bias_table`]: [225, heads[stage] as number],
          ...biased(`${layer}blocks.${block}.attn.qkv`, 3 * wide, wide),
          ...biased(`${layer}blocks.${block}.attn.proj`, wide, wide),
          ...biased(`${layer}blocks.${block}.norm2`, wide),
          ...biased(`${layer}blocks.${block}.mlp.fc1`, 4 * wide, wide),
          ...biased(`${layer}blocks.${block}.mlp.fc2`, wide, 4 * wide),
        })),
        ...(stage < depths.length - 1 && {
          ...biased(`${layer}downsample.norm`, 4 * wide),
          [`${layer}downsample.reduction.weight`]: [2 * wide, 4 * wide],
        }),
      };
    }),
    ...biased(`${name}norm`, width * 2 ** (depths.length - 1)),
  };
}

/** The half of MS-CLAP that hears. */
export const msAudioShapes = (width: number, depths: readonly number[], heads: readonly number[], joint: number): Shapes => ({
  ...htsatShapes("audio_encoder.base.htsat.", width, depths, heads),
  ...msProjection("audio_encoder", width * 2 ** (depths.length - 1), joint),
});

const msProjection = (half: string, width: number, joint: number): Shapes => ({
  [`${half}.projection.linear1.weight`]: [joint, width],
  [`${half}.projection.linear2.weight`]: [joint, joint],
  ...biased(`${half}.projection.layer_norm`, joint),
});

/** The half of MS-CLAP that reads; GPT-2's weights lie the other way round. */
export function msTextShapes(width: number, depth: number, joint: number, vocabulary: number): Shapes {
  const name = "caption_encoder.base.";
  const turned = (layer: string, to: number, from: number): Shapes => ({
    [`${layer}.weight`]: [from, to],
    [`${layer}.bias`]: [to],
  });
  return {
    [`${name}wte.weight`]: [vocabulary, width],
    [`${name}wpe.weight`]: [1024, width],
    ...times(depth, (i) => ({
      ...biased(`${name}h.${i}.ln_1`, width),
      ...turned(`${name}h.${i}.attn.c_attn`, 3 * width, width),
      ...turned(`${name}h.${i}.attn.c_proj`, width, width),
      ...biased(`${name}h.${i}.ln_2`, width),
      ...turned(`${name}h.${i}.mlp.c_fc`, 4 * width, width),
      ...turned(`${name}h.${i}.mlp.c_proj`, width, 4 * width),
    })),
    ...biased(`${name}ln_f`, width),
    ...msProjection("caption_encoder", width, joint),
  };
}

/** The half of LAION-CLAP that reads. */
export function laionTextShapes(width: number, depth: number, joint: number, vocabulary: number): Shapes {
  const name = "text_branch.";
  return {
    [`${name}embeddings.word_embeddings.weight`]: [vocabulary, width],
    [`${name}embeddings.position_embeddings.weight`]: [514, width],
    [`${name}embeddings.token_type_embeddings.weight`]: [1, width],
    ...biased(`${name}embeddings.LayerNorm`, width),
    ...times(depth, (i) => {
      const layer = `${name}encoder.layer.${i}.`;
      return {
        ...Object.assign(
          {},
          ...["query", "key", "value"].map((which) => biased(`${layer}attention.self.${which}`, width, width)),
        ),
        ...biased(`${layer}attention.output.dense`, width, width),
        ...biased(`${layer}attention.output.LayerNorm`, width),
        ...biased(`${layer}intermediate.dense`, 4 * width, width),
        ...biased(`${layer}output.dense`, width, 4 * width),
        ...biased(`${layer}output.LayerNorm`, width),
      };
    }),
    ...biased(`${name}pooler.dense`, width, width),
    ...biased("text_projection.0", joint, width),
    ...biased("text_projection.2", joint, joint),
  };
}
