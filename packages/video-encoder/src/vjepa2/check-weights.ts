/** Whether a checkpoint is exactly the network that is built of it. */
import type { ParameterSource } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { checkParameters } from "@foley-control/weights";
import { type VisionTransformerConfig, visionTransformerGraph } from "../vision-transformer.js";

/** Parts of a release that the encoder does not need: predictor, classifier, and a position table that V-JEPA 2 does not use. */
const OTHER_PARTS = /^(predictor|pooler|classifier)\.|^pos_embed$/;

/**
 * Refuses weights that are not exactly those of the configuration.
 *
 * @throws FoleyError `bad-weights` that names what is missing, unknown, or of another shape
 */
export function checkVjepa2Weights(config: VisionTransformerConfig, weights: ParameterSource): void {
  // What the network reads for clips, for single frames and for hierarchical features.
  const picture = { height: config.patchSize, width: config.patchSize, features: "hierarchical" } as const;
  const graphs = [config.tubeletSize, 1].map((frames) => visionTransformerGraph(config, { ...picture, frames }));
  const read = new Map(graphs.flatMap((graph) => [...parametersOf(graph)]));
  const expected = [...read].map(([name, { shape }]) => ({ name, shape, dtypes: ["float32", "float16"] as const }));
  checkParameters(weights, expected, {
    label: `The weights of V-JEPA 2 (${config.layers} blocks of width ${config.hiddenSize})`,
    ignore: weights.names().filter((name) => OTHER_PARTS.test(name)),
  });
}
