/** The transformer that all of ImageBind's senses share, each with weights of its own. */
import type { GraphValue } from "@foley-control/core";
import { feedForward, layerNorm, linear, named, ops, packedAttention, parameter } from "@foley-control/graph";
import { lengthOne } from "../length-one.js";
import type { TransformerSizes } from "../read-weights.js";

/** Sizes of one trunk with its head. */
export interface TrunkConfig extends TransformerSizes {
  /** `"vision"` or `"audio"`, as the parameters are named. */
  readonly sense: string;
  /** Width of the embedding. */
  readonly out: number;
  /** Whether the trunk begins with a norm. */
  readonly normFirst: boolean;
  /** Whether a learnt key and value stand behind those of the tokens. */
  readonly extraKey: boolean;
}

const EPSILON = 1e-6;

/** Patches [batch, patches, width] → embedding [batch, out] of length 1. */
export function imagebindTrunk(patches: GraphValue, config: TrunkConfig): GraphValue {
  const { sense, width, depth, heads, hidden, out, normFirst, extraKey } = config;
  const [batch, count] = patches.shape as readonly [number, number];
  const [before, trunk, head] = ["preprocessors", "trunks", "heads"].map((part) => `modality_${part}.${sense}`) as [
    string,
    string,
    string,
  ];
  const norm = (x: GraphValue, name: string) => layerNorm(x, `${name}.weight`, `${name}.bias`, EPSILON);
  const token = ops.expand(parameter(`${before}.cls_token`, [1, 1, width]), [batch, 1, width]);
  const positions = parameter(`${before}.pos_embedding_helper.pos_embed`, [1, 1 + count, width]);
  let x = ops.add(ops.concat([token, patches], 1), positions);
  if (normFirst) x = named(norm(x, `${trunk}.pre_transformer_layer.0`), `${trunk}.pre_transformer_layer`);
  for (let i = 0; i < depth; i++) {
    const name = `${trunk}.blocks.${i}`;
    const seen = ops.add(x, packedAttention(norm(x, `${name}.norm_1`), `${name}.attn`, { heads, extraKey }));
    const fed = feedForward(norm(seen, `${name}.norm_2`), [`${name}.mlp.fc1`, `${name}.mlp.fc2`], hidden);
    x = named(ops.add(seen, fed), name);
  }
  const first = norm(ops.reshape(ops.slice(x, 1, 0, 1), [batch, width]), `${head}.0`);
  return lengthOne(named(linear(first, `${head}.2`, out), head));
}
