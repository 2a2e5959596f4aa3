/**
 * The half of LAION-CLAP that reads (Wu et al. 2023): RoBERTa, and a projection into the space that sounds are in. Under LAION's own names or those of
 * the hub; they differ in prefixes alone.
 */
import { FoleyError, type GraphValue, type ParameterSource } from "@foley-control/core";
import { linear, ops } from "@foley-control/graph";
import { countNumbered, type NamedWeights, shapeOf } from "@foley-control/weights";
import { type RobertaConfig, type RobertaStates, roberta } from "./roberta.js";

/** What shapes the tower. */
export interface ClapTextConfig extends RobertaConfig {
  /** Prefixes of the projection's two layers. */
  readonly projection: readonly [first: string, second: string];
  /** Width of the common space. */
  readonly joint: number;
}

/** What a text is to the tower. */
export interface ClapText extends RobertaStates {
  /** Its place in the common space: [batch, joint]. */
  readonly embedding: GraphValue;
}

/** What tensors do not say. */
export interface ClapTextOptions {
  /** Heads of each block. Default: one for each 64 channels, as released. */
  readonly heads?: number | undefined;
  /** Epsilon of the norms. Default: that of roberta-base, 1e-5; the hub's configurations say another. */
  readonly epsilon?: number | undefined;
}

/** Channels of a head as released. */
const HEAD_WIDTH = 64;
/** As roberta-base was trained. */
const EPSILON = 1e-5;

const WEIGHTS: NamedWeights = {
  title: "LAION-CLAP",
  file: "model.safetensors of laion/clap-htsat-unfused, or music_speech_audioset_epoch_15_esc_89.98.pt",
};

/** How the two ways of releasing it call what they hold. */
const LAYOUTS = {
  laion: { prefix: "text_branch.", projection: ["text_projection.0", "text_projection.2"] },
  hub: { prefix: "text_model.", projection: ["text_projection.linear1", "text_projection.linear2"] },
} as const;

/** Tensors that a file of the whole model has and the tower does not read: the half that hears, temperatures, lists of numbers. */
export const CLAP_UNREAD =
  /^(audio_(branch|model|projection|transform)\.|text_transform\.|logit_scale_|text_(branch|model)\.embeddings\.(position|token_type)_ids$)/;

/**
 * Reads the configuration off the tensors, whichever names they have.
 *
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function readClapTextConfig(weights: ParameterSource, { heads, epsilon = EPSILON }: ClapTextOptions = {}): ClapTextConfig {
  const { prefix, projection } = weights.names().some((name) => name.startsWith(LAYOUTS.hub.prefix))
    ? LAYOUTS.hub
    : LAYOUTS.laion;
  const shape = (name: string) => shapeOf(weights, name, 2, WEIGHTS) as readonly [number, number];
  const [vocabulary, width] = shape(`${prefix}embeddings.word_embeddings.weight`);
  return {
    prefix,
    projection,
    vocabulary,
    width,
    positions: shape(`${prefix}embeddings.position_embeddings.weight`)[0],
    hidden: shape(`${prefix}encoder.layer.0.intermediate.dense.weight`)[0],
    depth: countNumbered(weights, `${prefix}encoder.layer.`),
    heads: dividing(width, heads),
    epsilon,
    joint: shape(`${projection[1]}.weight`)[0],
  };
}

/** ids int64 and mask [texts, rows] → every state, and where the texts are in the common space. */
export function clapText(ids: GraphValue, mask: GraphValue, config: ClapTextConfig): ClapText {
  const found = roberta(ids, mask, config);
  const [first, second] = config.projection;
  const embedding = linear(ops.relu(linear(found.pooled, first, config.joint, true)), second, config.joint, true);
  return { ...found, embedding };
}

function dividing(width: number, heads: number | undefined): number {
  const found = heads ?? width / HEAD_WIDTH;
  if (Number.isInteger(found) && found > 0 && width % found === 0) return found;
  throw new FoleyError(
    "invalid-argument",
    heads === undefined
      ? `The text tower is ${width} wide, which is no multiple of ${HEAD_WIDTH}, so the number of heads is not known.`
      : `options.heads is ${heads}; a divisor of the width ${width} was expected.`,
    { hint: "Give the option heads." },
  );
}
