/** MS-CLAP, as released or of other sizes. */
import { biased, htsatShapes, type Shapes, times } from "../shapes.test-support.js";

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
