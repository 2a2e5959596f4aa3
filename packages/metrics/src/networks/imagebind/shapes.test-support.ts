/** ImageBind, as released or of other sizes. */
import { biased, type Shapes, times } from "../shapes.test-support.js";

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
