/** LAION-CLAP, as released or of other sizes. */
import { biased, htsatShapes, type Shapes, times } from "../shapes.test-support.js";

/** The half of LAION-CLAP that hears. */
export const laionAudioShapes = (width: number, depths: readonly number[], heads: readonly number[], joint: number): Shapes => ({
  ...htsatShapes("audio_branch.", width, depths, heads),
  ...biased("audio_projection.0", joint, width * 2 ** (depths.length - 1)),
  ...biased("audio_projection.2", joint, joint),
});

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
