/** Synchformer, as released or of another width and depth. */
import { biased, type Shapes, times } from "../shapes.test-support.js";

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
