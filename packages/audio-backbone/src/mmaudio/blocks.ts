/**
 * Blocks of MMAudio's transformer (`model/transformer_layers.py`). In joint blocks latents, pictures and words are three streams with weights
 * of their own that attend to all rows together (Esser et al. 2024); fused blocks are the latents' half alone. Latents are modulated row by row, by
 * what Synchformer saw at their moment: that is what makes sound and picture meet.
 */
import type { GraphValue } from "@foley-control/core";
import { attention, float, linear, ops, type RotaryTables, rotary } from "@foley-control/graph";
import { headRmsNorm, modulated, rowLayer, swiGlu } from "./layers.js";

/** Rows of the three streams. */
export interface Streams {
  readonly latents: GraphValue;
  readonly clip: GraphValue;
  readonly text: GraphValue;
}

/** What modulates: one row for all of a stream, and one for each latent. */
export interface Modulation {
  /** [batch, 1, width]. */
  readonly global: GraphValue;
  /** [batch, latents, width]. */
  readonly extended: GraphValue;
}

/** What blocks share. */
export interface BlockOptions {
  readonly heads: number;
  /** Positions of latents. */
  readonly latentRotary: RotaryTables;
  /** Positions of pictures, stretched over the same span. */
  readonly clipRotary: RotaryTables;
}

/** Pairs (2j, 2j + 1) of all channels of a head turn by row·scale·10000^(−2j/width). */
export function rowRotary(rows: number, headWidth: number, scale = 1): RotaryTables {
  const half = headWidth / 2;
  const [cos, sin] = [new Float32Array(rows * half), new Float32Array(rows * half)];
  for (let row = 0; row < rows; row++)
    for (let pair = 0; pair < half; pair++) {
      const angle = row * scale * 10000 ** ((-2 * pair) / headWidth);
      cos[row * half + pair] = Math.cos(angle);
      sin[row * half + pair] = Math.sin(angle);
    }
  return { cos: float(cos, [rows, half]), sin: float(sin, [rows, half]), width: headWidth, pairs: "adjacent" };
}

interface Prepared {
  readonly queries: GraphValue;
  readonly keys: GraphValue;
  readonly values: GraphValue;
  /** Shift and scale of the attention, then gate, shift, scale and gate of what follows; the first two alone in a stream that ends. */
  readonly parts: readonly GraphValue[];
}

/** Queries, keys and values of modulated rows; the file has them one by one: channel 3i is a query's, 3i + 1 a key's, 3i + 2 a value's. */
function prepare(
  x: GraphValue,
  name: string,
  {
    by,
    parts,
    heads,
    tables,
  }: { readonly by: GraphValue; readonly parts: 2 | 6; readonly heads: number; readonly tables?: RotaryTables | undefined },
): Prepared {
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const modulation = linear(ops.silu(by), `${name}.adaLN_modulation.1`, parts * width, true);
  const cut = ops.split(modulation, new Array<number>(parts).fill(width), 2);
  const normed = modulated(x, cut[0] as GraphValue, cut[1] as GraphValue);
  const interleaved = ops.reshape(linear(normed, `${name}.attn.qkv`, 3 * width, true), [batch, rows, width, 3]);
  const third = (index: number) => ops.reshape(ops.slice(interleaved, 3, index, index + 1), [batch, rows, width]);
  const turned = (value: GraphValue) => (tables ? rotary(value, heads, tables) : value);
  return {
    queries: turned(headRmsNorm(third(0), `${name}.attn.q_norm`, heads)),
    keys: turned(headRmsNorm(third(1), `${name}.attn.k_norm`, heads)),
    values: third(2),
    parts: cut,
  };
}

/** What attention found is added, and a gated feed-forward after it, with layers of so many taps. */
function finish(x: GraphValue, found: GraphValue, name: string, { parts }: Prepared, taps: number): GraphValue {
  const [, , gate, shift, scale, lastGate] = parts as readonly GraphValue[];
  const y = ops.add(x, ops.multiply(rowLayer(found, `${name}.linear1`, x.shape[2] as number, taps, true), gate as GraphValue));
  const fed = swiGlu(modulated(y, shift as GraphValue, scale as GraphValue), `${name}.ffn`, taps);
  return ops.add(y, ops.multiply(fed, lastGate as GraphValue));
}

/** A joint block. In the last one pictures and words are read and leave as they came. */
export function jointBlock(
  { latents, clip, text }: Streams,
  name: string,
  { global, extended }: Modulation,
  { heads, latentRotary, clipRotary, last }: BlockOptions & { readonly last: boolean },
): Streams {
  const parts = last ? 2 : 6;
  const [ofLatents, ofClip, ofText] = [
    prepare(latents, `${name}.latent_block`, { by: extended, parts: 6, heads, tables: latentRotary }),
    prepare(clip, `${name}.clip_block`, { by: global, parts, heads, tables: clipRotary }),
    prepare(text, `${name}.text_block`, { by: global, parts, heads }),
  ];
  const all = (part: "queries" | "keys" | "values") => ops.concat([ofLatents[part], ofClip[part], ofText[part]], 1);
  const found = attention(all("queries"), all("keys"), all("values"), { heads });
  const [clipFrom, textFrom] = [latents.shape[1] as number, (latents.shape[1] as number) + (clip.shape[1] as number)];
  const heard = finish(latents, ops.slice(found, 1, 0, clipFrom), `${name}.latent_block`, ofLatents, 3);
  if (last) return { latents: heard, clip, text };
  return {
    latents: heard,
    clip: finish(clip, ops.slice(found, 1, clipFrom, textFrom), `${name}.clip_block`, ofClip, 3),
    text: finish(text, ops.slice(found, 1, textFrom, found.shape[1] as number), `${name}.text_block`, ofText, 1),
  };
}

/** A fused block: latents attend to latents. */
export function fusedBlock(
  latents: GraphValue,
  name: string,
  extended: GraphValue,
  { heads, latentRotary }: Pick<BlockOptions, "heads" | "latentRotary">,
): GraphValue {
  const prepared = prepare(latents, name, { by: extended, parts: 6, heads, tables: latentRotary });
  const found = attention(prepared.queries, prepared.keys, prepared.values, { heads });
  return finish(latents, found, name, prepared, 3);
}
