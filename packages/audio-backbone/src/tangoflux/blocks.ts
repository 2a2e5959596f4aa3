/**
 * Blocks of FLUX's transformer (diffusers, `models/transformers/transformer_flux.py`), which TangoFlux is made of. In double blocks sound and text
 * have weights of their own and attend to all rows together: that is the text cross-attention here. In single blocks they are one stream, whose attention
 * and feed-forward run side by side.
 */
import type { GraphValue } from "@foley-control/core";
import { attention, float, linear, named, ops, queryKeyValue, type RotaryTables, rotary, tanhGelu } from "@foley-control/graph";
import { headRmsNorm, modulated } from "../mmaudio/layers.js";

/** Rows of the two streams. */
export interface TwoStreams {
  /** [batch, latents, width]. */
  readonly audio: GraphValue;
  /** [batch, rows of text, width]. */
  readonly text: GraphValue;
}

/** What blocks share. */
export interface TangofluxBlockOptions {
  /** What modulates them, SiLU of time and text: [batch, width]. */
  readonly bent: GraphValue;
  /** Heads of attention. */
  readonly heads: number;
  /** Positions of the rows, text before sound. */
  readonly tables: RotaryTables;
  /** What is done to the rows of sound where a bridge goes in. */
  readonly atSite?: ((audio: GraphValue) => GraphValue) | undefined;
}

/** Epsilon of every norm. */
const EPSILON = 1e-6;
/** The hidden layer is as many times as wide as the rows. */
const WIDER = 4;

/** Positions: text has none, latent i turns by i along each axis. Pairs are neighbours; angles in float64. */
export function tangofluxRotary(axes: readonly number[], textRows: number, latents: number): RotaryTables {
  const width = axes.reduce((sum, axis) => sum + axis, 0);
  const speeds = axes.flatMap((axis) => Array.from({ length: axis / 2 }, (_, pair) => 10_000 ** ((-2 * pair) / axis)));
  const rows = textRows + latents;
  const table = (of: (angle: number) => number) =>
    float(
      Float32Array.from({ length: rows * speeds.length }, (_, i) => {
        const row = Math.floor(i / speeds.length);
        return of(Math.max(0, row - textRows) * (speeds[i % speeds.length] as number));
      }),
      [rows, speeds.length],
    );
  return { cos: table(Math.cos), sin: table(Math.sin), width, pairs: "adjacent" };
}

/** So many rows [batch, 1, width] of a layer of what modulates. */
function modulation(bent: GraphValue, name: string, parts: number): readonly GraphValue[] {
  const [batch, width] = bent.shape as readonly [number, number];
  const all = ops.reshape(linear(bent, name, parts * width, true), [batch, 1, parts * width]);
  return ops.split(all, new Array<number>(parts).fill(width), 2);
}

/** Queries, keys and values of rows; queries and keys normed per head. */
function prepared(x: GraphValue, name: string, names: readonly [string, string, string, string, string], heads: number) {
  const [query, key, value, queryNorm, keyNorm] = names.map((part) => `${name}.attn.${part}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const [q, k, v] = queryKeyValue(x, [query, key, value], x.shape[2] as number, true);
  return { q: headRmsNorm(q, queryNorm, heads, EPSILON), k: headRmsNorm(k, keyNorm, heads, EPSILON), v };
}

/** Attention of turned rows to each other; every part is labelled. */
function attended(
  { q, k, v }: Readonly<Record<"q" | "k" | "v", GraphValue>>,
  name: string,
  { heads, tables }: TangofluxBlockOptions,
) {
  const part = (value: GraphValue, which: string) => named(value, `${name}.attn.${which}`);
  const [queries, keys] = [part(rotary(q, heads, tables), "q"), part(rotary(k, heads, tables), "k")];
  return part(attention(queries, keys, part(v, "v"), { heads }), "out");
}

const SOUND = ["to_q", "to_k", "to_v", "norm_q", "norm_k"] as const;
const TEXT = ["add_q_proj", "add_k_proj", "add_v_proj", "norm_added_q", "norm_added_k"] as const;

/** A double block. A bridge goes in after the gated attention, before the norm of the feed-forward: on the rows of sound alone. */
export function doubleBlock({ audio, text }: TwoStreams, name: string, options: TangofluxBlockOptions): TwoStreams {
  const { bent, heads, atSite = (x) => x } = options;
  const begun = (x: GraphValue, norm: string, names: typeof SOUND | typeof TEXT) => {
    const parts = modulation(bent, `${name}.${norm}.linear`, 6);
    const [shift, scale] = parts as readonly [GraphValue, GraphValue];
    return { parts, ...prepared(modulated(x, shift, scale, EPSILON), name, names, heads) };
  };
  const [ofAudio, ofText] = [begun(audio, "norm1", SOUND), begun(text, "norm1_context", TEXT)];
  const both = (part: "q" | "k" | "v") => ops.concat([ofText[part], ofAudio[part]], 1);
  const found = attended({ q: both("q"), k: both("k"), v: both("v") }, name, options);
  const textRows = text.shape[1] as number;
  const width = audio.shape[2] as number;
  const added = (x: GraphValue, rows: GraphValue, layer: string, { parts }: { readonly parts: readonly GraphValue[] }) =>
    ops.add(x, ops.multiply(linear(rows, `${name}.attn.${layer}`, width, true), parts[2] as GraphValue));
  const fed = (x: GraphValue, layer: string, { parts }: { readonly parts: readonly GraphValue[] }) => {
    const [, , , shift, scale, gate] = parts as readonly GraphValue[];
    const normed = modulated(x, shift as GraphValue, scale as GraphValue, EPSILON);
    const hidden = tanhGelu(linear(normed, `${name}.${layer}.net.0.proj`, WIDER * width, true));
    return ops.add(x, ops.multiply(linear(hidden, `${name}.${layer}.net.2`, width, true), gate as GraphValue));
  };
  const heard = added(audio, ops.slice(found, 1, textRows, found.shape[1] as number), "to_out.0", ofAudio);
  const read = named(added(text, ops.slice(found, 1, 0, textRows), "to_add_out", ofText), `${name}.attended_text`);
  const watched = atSite(named(heard, `${name}.attended`));
  return { audio: named(fed(watched, "ff", ofAudio), name), text: named(fed(read, "ff_context", ofText), `${name}.text`) };
}

/** A single block. Attention and feed-forward leave by one layer and one gate, so that a bridge goes in behind the block. */
export function singleBlock({ audio, text }: TwoStreams, name: string, options: TangofluxBlockOptions): TwoStreams {
  const { bent, heads, atSite = (x) => x } = options;
  const x = ops.concat([text, audio], 1);
  const width = x.shape[2] as number;
  const textRows = text.shape[1] as number;
  const [shift, scale, gate] = modulation(bent, `${name}.norm.linear`, 3) as readonly [GraphValue, GraphValue, GraphValue];
  const normed = modulated(x, shift, scale, EPSILON);
  const found = attended(prepared(normed, name, SOUND, heads), name, options);
  const hidden = tanhGelu(linear(normed, `${name}.proj_mlp`, WIDER * width, true));
  const left = linear(ops.concat([found, hidden], 2), `${name}.proj_out`, width, true);
  const y = named(ops.add(x, ops.multiply(left, gate)), `${name}.rows`);
  const heard = named(ops.slice(y, 1, textRows, y.shape[1] as number), name);
  return { audio: atSite(heard), text: ops.slice(y, 1, 0, textRows) };
}
