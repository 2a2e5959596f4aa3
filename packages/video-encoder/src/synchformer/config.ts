/** What shapes Synchformer's eyes, read off its tensors. */
import { FoleyError, type ParameterSource } from "@foley-control/core";
import { countNumbered, type NamedWeights, shapeOf } from "@foley-control/weights";
import type { SynchformerVideoConfig } from "./network.js";

/** The weights that MMAudio and av-benchmark read: the visual half of 907 MB. */
const WEIGHTS: NamedWeights = { title: "Synchformer", file: "synchformer_state_dict.pth" };

/** Channels of a head as released. */
const HEAD_WIDTH = 64;

/**
 * Reads the configuration.
 *
 * @param heads - heads of a block; default: one for each 64 channels
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function readSynchformerConfig(weights: ParameterSource, heads?: number): SynchformerVideoConfig {
  const hiddenOf = (name: string) => shapeOf(weights, `${name}.weight`, 2, WEIGHTS)[0] as number;
  const [width, , ...kernel] = shapeOf(weights, "vfeat_extractor.patch_embed_3d.proj.weight", 5, WEIGHTS) as number[];
  const found = heads ?? (width as number) / HEAD_WIDTH;
  if (!Number.isInteger(found) || found < 1 || (width as number) % found !== 0)
    throw new FoleyError(
      "invalid-argument",
      heads === undefined
        ? `Synchformer is ${width} wide, which is no multiple of ${HEAD_WIDTH}, so the number of heads is not known.`
        : `options.heads is ${heads}; a divisor of the width ${width} was expected.`,
      { hint: "Give the option heads." },
    );
  return {
    width: width as number,
    depth: countNumbered(weights, "vfeat_extractor.blocks."),
    heads: found,
    hidden: hiddenOf("vfeat_extractor.blocks.0.mlp.fc1"),
    kernel: kernel as [number, number, number],
    aggregateHidden: hiddenOf("vfeat_extractor.spatial_attn_agg.linear1"),
  };
}
