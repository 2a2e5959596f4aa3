/**
 * GPT-2 (Radford et al. 2019; Hugging Face transformers `models/gpt2/modeling_gpt2.py`): pre-norm blocks, each row of which attends to
 * itself and those before it. Parameter names are those of transformers, behind a prefix; weights are stored [in, out].
 */
import type { GraphValue } from "@foley-control/core";
import { constant, layerNorm, maskedAttention, named, ops, parameter, tanhGelu } from "@foley-control/graph";
import type { TextTransformerConfig, TextTransformerNames } from "../text-transformer.js";

/** Tensors of a release that the graph does not read: the triangle of who may attend to whom. */
export const GPT2_UNREAD = /\.attn\.(bias|masked_bias)$/;

/** Where transformers' checkpoints tell the sizes. */
export const GPT2_SIZES: TextTransformerNames = {
  words: "wte.weight",
  positions: "wpe.weight",
  blocks: "h.",
  hidden: ["mlp.c_fc.weight", 1],
};

/**
 * Token rows of texts. No mask is needed for padding behind a text: its own rows never see it.
 *
 * @param ids - int64 [batch, length].
 * @returns [batch, length, width].
 */
export function gpt2(ids: GraphValue, config: TextTransformerConfig): GraphValue {
  const { prefix, width, hidden, depth, vocabulary, positions } = config;
  const length = ids.shape[1] as number;
  const norm = (x: GraphValue, name: string) => layerNorm(x, `${prefix}${name}.weight`, `${prefix}${name}.bias`);
  const places = ops.slice(parameter(`${prefix}wpe.weight`, [positions, width]), 0, 0, length);
  let x = ops.add(ops.gather(parameter(`${prefix}wte.weight`, [vocabulary, width]), ids), places);
  for (let layer = 0; layer < depth; layer++) {
    const name = `h.${layer}`;
    x = ops.add(x, selfAttention(norm(x, `${name}.ln_1`), `${prefix}${name}.attn`, config));
    const wide = transposedLinear(norm(x, `${name}.ln_2`), `${prefix}${name}.mlp.c_fc`, hidden);
    x = named(ops.add(x, transposedLinear(tanhGelu(wide), `${prefix}${name}.mlp.c_proj`, width)), `${prefix}${name}`);
  }
  return norm(x, "ln_f");
}

/** x·W + b with W [in, out]: transformers' `Conv1D`. */
function transposedLinear(x: GraphValue, name: string, width: number): GraphValue {
  const weight = parameter(`${name}.weight`, [x.shape[x.shape.length - 1] as number, width]);
  return ops.add(ops.matmul(x, weight), parameter(`${name}.bias`, [width]));
}

function selfAttention(x: GraphValue, name: string, { width, heads }: TextTransformerConfig): GraphValue {
  const packed = transposedLinear(x, `${name}.c_attn`, 3 * width);
  const [q, k, v] = ops.split(packed, [width, width, width], -1) as readonly [GraphValue, GraphValue, GraphValue];
  const mixed = maskedAttention(q, k, v, { heads, seen: notAhead(x.shape[1] as number) });
  return transposedLinear(mixed, `${name}.c_proj`, width);
}

/** bool [1, 1, length, length]: whether a row may attend to a column. */
const notAhead = (length: number): GraphValue => {
  const index = constant(
    Int32Array.from({ length }, (_, i) => i),
    [length],
    "int32",
  );
  return ops.greaterOrEqual(ops.reshape(index, [1, 1, length, 1]), ops.reshape(index, [1, 1, 1, length]));
};
