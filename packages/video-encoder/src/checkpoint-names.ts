/** Parameter names of the two releases of V-JEPA 2: a graph reads a checkpoint in place under the names that it has. */

/** Names of one release. */
export interface CheckpointNames {
  /** Prefix of the patch embedding of clips. */
  readonly patches: string;
  /** Prefix of a block. */
  readonly block: (layer: number) => string;
  /** The attention within a block. */
  readonly attention: string;
  /** Whether query, key and value are one matrix, stacked in this order. */
  readonly fused: boolean;
  /** Prefix of the norm after the last block. */
  readonly norm: string;
}

/** Which release the parameters are named after: `VJEPA2Model` on Hugging Face, or Meta's own checkpoints. */
export type CheckpointRelease = "hugging-face" | "meta";

/** Names by release. Meta's are those inside `module.backbone.`. */
export const CHECKPOINT_NAMES: Readonly<Record<CheckpointRelease, CheckpointNames>> = {
  "hugging-face": {
    patches: "encoder.embeddings.patch_embeddings.proj",
    block: (layer) => `encoder.layer.${layer}`,
    attention: "attention",
    fused: false,
    norm: "encoder.layernorm",
  },
  meta: {
    patches: "patch_embed.proj",
    block: (layer) => `blocks.${layer}`,
    attention: "attn",
    fused: true,
    norm: "norm",
  },
};

/** What V-JEPA 2.1 has beside the names above; its weights exist under Meta's names alone. */
export const MODALITY_NAMES = {
  /** Prefix of the patch embedding of single frames. */
  imagePatches: "patch_embed_img.proj",
  /** Added to every token of a single frame, [1, 1, width]. */
  image: "img_mod_embed",
  /** Added to every token of a clip, [1, 1, width]. */
  video: "video_mod_embed",
  /** Prefix of the norm behind a feature layer. */
  norm: (feature: number): string => `norms_block.${feature}`,
} as const;
