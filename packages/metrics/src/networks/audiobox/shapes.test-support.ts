/** Audiobox Aesthetics, as released or of other sizes. */
import { biased, type Shapes, times } from "../shapes.test-support.js";
import { AUDIOBOX_AXES } from "./audiobox.js";

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
