/** How Synchformer puts both together: a small transformer over the tokens of one window, whose first token tells the offset. */
import type { GraphValue } from "@foley-control/core";
import { attention, feedForward, layerNorm, linear, named, ops, parameter, queryKeyValue } from "@foley-control/graph";
import type { TransformerSizes } from "../read-weights.js";

/** Sizes of the head. */
interface SynchformerHeadConfig extends TransformerSizes {
  /** Offsets that are told apart. */
  readonly classes: number;
}

const PREFIX = "transformer";

/** Features [windows, segments, steps, width] of the picture and of the sound → logits [windows, classes]. */
export function synchformerHead(video: GraphValue, audio: GraphValue, config: SynchformerHeadConfig): GraphValue {
  const { width, depth, classes } = config;
  const windows = video.shape[0] as number;
  const side = (features: GraphValue, projection: string, norm: string) => {
    const projected = named(linear(features, projection, width, true), projection);
    const rows = ops.reshape(projected, [windows, -1, width]);
    return named(layerNorm(rows, `${PREFIX}.${norm}.weight`, `${PREFIX}.${norm}.bias`), `${PREFIX}.${norm}`);
  };
  const token = (name: string) => ops.expand(parameter(`${PREFIX}.${name}`, [1, 1, width]), [windows, 1, width]);
  const seen = side(video, "vproj", "vis_in_lnorm");
  const heard = side(audio, "aproj", "aud_in_lnorm");
  const sequence = ops.concat([token("OFF_tok"), seen, token("MOD_tok"), heard], 1);
  let x = ops.add(sequence, parameter(`${PREFIX}.pos_emb_cfg.pos_emb`, [1, sequence.shape[1] as number, width]));
  for (let i = 0; i < depth; i++) x = named(block(x, `${PREFIX}.blocks.${i}`, config), `${PREFIX}.blocks.${i}`);
  const first = ops.reshape(ops.slice(x, 1, 0, 1), [windows, width]);
  return linear(layerNorm(first, `${PREFIX}.ln_f.weight`, `${PREFIX}.ln_f.bias`), `${PREFIX}.off_head`, classes, true);
}

function block(x: GraphValue, name: string, { width, heads, hidden }: SynchformerHeadConfig): GraphValue {
  const before = layerNorm(x, `${name}.ln1.weight`, `${name}.ln1.bias`);
  const [q, k, v] = queryKeyValue(before, [`${name}.attn.query`, `${name}.attn.key`, `${name}.attn.value`], width, true);
  const seen = ops.add(x, linear(attention(q, k, v, { heads }), `${name}.attn.proj`, width, true));
  const fed = layerNorm(seen, `${name}.ln2.weight`, `${name}.ln2.bias`);
  return ops.add(seen, feedForward(fed, [`${name}.mlp.0`, `${name}.mlp.2`], hidden));
}
