/** Whether a checkpoint is exactly the network that is built of it. */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { checkParameters } from "@foley-control/weights";
import { type VisionTransformerConfig, visionTransformerGraph } from "../vision-transformer.js";

/** Parts of a release that the encoder does not need: predictor, classifier, and a position table that V-JEPA 2 does not use. */
const OTHER_PARTS = /^(predictor|pooler|classifier)\.|^pos_embed$/;

/** Every parameter that the network reads for clips, for single frames and for hierarchical features. */
function vjepa2Parameters(config: VisionTransformerConfig): ReadonlyMap<string, GraphValue> {
  const picture = { height: config.patchSize, width: config.patchSize, features: "hierarchical" } as const;
  return new Map(
    [config.tubeletSize, 1].flatMap((frames) => [...parametersOf(visionTransformerGraph(config, { ...picture, frames }))]),
  );
}

/**
 * Refuses weights that are not exactly those of the configuration.
 *
 * @throws FoleyError `bad-weights` that names what is missing, unknown, or of another shape
 */
export function checkVjepa2Weights(config: VisionTransformerConfig, weights: ParameterSource): void {
  checkParameters(
    weights,
    [...vjepa2Parameters(config)].map(([name, { shape }]) => ({ name, shape, dtypes: ["float32", "float16"] })),
    {
      label: `The weights of V-JEPA 2 (${config.layers} blocks of width ${config.hiddenSize})`,
      ignore: weights.names().filter((name) => OTHER_PARTS.test(name)),
    },
  );
}
