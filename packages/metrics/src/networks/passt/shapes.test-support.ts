/** PaSST, as released or of another width and depth. */
import { biased, type Shapes, times } from "../shapes.test-support.js";

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
