/**
 * A vision transformer of single pictures (Dosovitskiy et al. 2021): patches, blocks with the norms first, one token of the whole. CLIP, SigLIP and DINOv2 are this with other names, and each with
 * something of its own; a {@link PictureLayout} says which.
 */
import type { GraphValue } from "@foley-control/core";
import {
  attention,
  float,
  layerNorm,
  linear,
  named,
  ops,
  packedAttention,
  parameter,
  quickGelu,
  type RotaryTables,
  tanhGelu,
} from "@foley-control/graph";
import { type Grid, type PositionFilter, resizedPositions } from "./position-grid.js";

/** How a network calls its parts, and what it has. Absent parts are not there. */
export interface PictureLayout {
  /** The convolution that makes patches, whether it has a bias, and whether it is kept as a matrix of flat patches, colours last. */
  readonly patches: { readonly name: string; readonly bias: boolean; readonly flat?: boolean | undefined };
  /** The token of the whole picture in front of the patches. */
  readonly classToken?: string | undefined;
  /** Further tokens behind it, without positions. */
  readonly registers?: string | undefined;
  /** The table of positions, with a row for the class token where there is one. Without it patches turn, see `rotary`. */
  readonly positions?: string | undefined;
  /** Whether class token and table are stored with an axis of batches of length 1. */
  readonly batched: boolean;
  /** How the table is made for pictures of another size. */
  readonly filter: PositionFilter;
  /** Base of the frequencies by which queries and keys of patches turn, half by their row and half by their column (DINOv3). */
  readonly rotary?: number | undefined;
  /** A norm in front of the first block. */
  readonly firstNorm?: string | undefined;
  /** Prefix of a block's parts. */
  readonly block: (index: number) => string;
  /** Parts of a block, behind its prefix. */
  readonly parts: {
    readonly norms: readonly [string, string];
    readonly queries: string;
    readonly keys: string;
    readonly values: string;
    readonly out: string;
    readonly hidden: readonly [string, string];
    /** What the hidden layer is multiplied by once it is bent: a layer of its own, or `"packed"`, the second half of the first. Default: nothing. */
    readonly gate?: string | undefined;
    /** Learned factors on what attention and the hidden layer add. */
    readonly scales?: readonly [string, string] | undefined;
    /** Whether keys have a bias. Default true. */
    readonly keyBias?: boolean | undefined;
  };
  /** What bends. */
  readonly activation: "gelu" | "tanh-gelu" | "quick-gelu" | "silu";
  /** Added to variances. */
  readonly epsilon: number;
  /** The last norm, and of what: all rows, or the class token alone. */
  readonly lastNorm: { readonly name: string; readonly of: "rows" | "class" };
  /** A learned question that all rows answer, in place of the class token. */
  readonly head?: string | undefined;
  /** A matrix on the class token. */
  readonly projection?: string | undefined;
}

/** Sizes of a network. */
export interface PictureSizes {
  /** Width of a row. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
  /** Heads of each block. */
  readonly heads: number;
  /** Width of the hidden layers; of packed ones both halves. */
  readonly hidden: number;
  /** Pixels of a patch each way. */
  readonly patch: number;
  /** Patches each way that positions were learned for; 0 without a table. */
  readonly side: number;
  /** Registers; 0 without. */
  readonly registers: number;
  /** Width of the projection; `undefined` without one. */
  readonly projected?: number | undefined;
}

/** What it says of pictures. */
export interface PictureOutput {
  /** Class token, registers and patches: [pictures, rows, width]. */
  readonly rows: GraphValue;
  /** The whole: [pictures, width]. */
  readonly pooled: GraphValue;
  /** [pictures, projected], with a projection. */
  readonly projected?: GraphValue | undefined;
}

const BENT = { gelu: ops.gelu, "tanh-gelu": tanhGelu, "quick-gelu": quickGelu, silu: ops.silu } as const;

const bent = (x: GraphValue, activation: PictureLayout["activation"]): GraphValue => BENT[activation](x);

/** Normalised pixels [pictures, 3, height, width], whole patches each way. What parts give is labelled: `embeddings`, `layer.N`. */
export function pictureTransformer(pixels: GraphValue, layout: PictureLayout, sizes: PictureSizes): PictureOutput {
  const { width, heads, depth } = sizes;
  const pictures = pixels.shape[0] as number;
  const turns =
    layout.rotary === undefined
      ? undefined
      : patchRotary(gridOf(pixels, sizes), layout.rotary, width / heads, frontRows(layout, sizes));
  let x = named(embedded(pixels, layout, sizes), "embeddings");
  const norm = (value: GraphValue, name: string) => layerNorm(value, `${name}.weight`, `${name}.bias`, layout.epsilon);
  if (layout.firstNorm !== undefined) x = named(norm(x, layout.firstNorm), "pre_layernorm");
  const { norms, queries, keys, values, out, hidden, scales } = layout.parts;
  for (let block = 0; block < depth; block++) {
    const name = (part: string) => `${layout.block(block)}.${part}`;
    const scaled = (value: GraphValue, which: 0 | 1) =>
      scales ? ops.multiply(value, parameter(name(scales[which]), [width])) : value;
    const normed = norm(x, name(norms[0]));
    const q = linear(normed, name(queries), width, true);
    const k = linear(normed, name(keys), width, layout.parts.keyBias ?? true);
    const v = linear(normed, name(values), width, true);
    const asked = attention(q, k, v, { heads, queryRotary: turns, keyRotary: turns });
    const found = named(linear(asked, name(out), width, true), `attn.${block}`);
    x = ops.add(x, scaled(found, 0));
    const opened = openedRows(norm(x, name(norms[1])), layout.block(block), layout, sizes);
    x = named(ops.add(x, scaled(named(linear(opened, name(hidden[1]), width, true), `mlp.${block}`), 1)), `layer.${block}`);
  }
  const rows = layout.lastNorm.of === "rows" ? norm(x, layout.lastNorm.name) : x;
  if (layout.head !== undefined) return { rows, pooled: answered(rows, layout.head, layout, sizes) };
  const first = ops.reshape(ops.slice(rows, 1, 0, 1), [pictures, width]);
  const pooled = layout.lastNorm.of === "class" ? norm(first, layout.lastNorm.name) : first;
  return {
    rows,
    pooled,
    projected: layout.projection === undefined ? undefined : linear(pooled, layout.projection, sizes.projected as number),
  };
}

/** The hidden layer of a block, bent, and gated where there is a gate. */
function openedRows(x: GraphValue, block: string, { parts, activation }: PictureLayout, { hidden }: PictureSizes): GraphValue {
  const opened = linear(x, `${block}.${parts.hidden[0]}`, hidden, true);
  if (parts.gate === undefined) return bent(opened, activation);
  if (parts.gate !== "packed") return ops.multiply(bent(linear(x, `${block}.${parts.gate}`, hidden, true), activation), opened);
  return ops.multiply(bent(ops.slice(opened, -1, 0, hidden / 2), activation), ops.slice(opened, -1, hidden / 2, hidden));
}

/** Whole patches of pixels. */
const gridOf = (pixels: GraphValue, { patch }: Pick<PictureSizes, "patch">): Grid => [
  Math.floor((pixels.shape[2] as number) / patch),
  Math.floor((pixels.shape[3] as number) / patch),
];

/** Rows in front of the patches. */
export const frontRows = (
  { classToken }: Pick<PictureLayout, "classToken">,
  { registers }: Pick<PictureSizes, "registers">,
): number => (classToken === undefined ? 0 : 1) + registers;

/** Angles of patches: their centres run from −1 to 1 each way; rows in front do not turn. */
export function patchRotary([rows, columns]: Grid, base: number, width: number, front: number): RotaryTables {
  const quarter = width / 4;
  const [cos, sin] = [
    new Float32Array((front + rows * columns) * 2 * quarter),
    new Float32Array((front + rows * columns) * 2 * quarter),
  ];
  cos.fill(1, 0, front * 2 * quarter);
  let at = front * 2 * quarter;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (const centre of [(2 * row + 1) / rows - 1, (2 * column + 1) / columns - 1])
        for (let i = 0; i < quarter; i++, at++) {
          const angle = (2 * Math.PI * centre) / base ** (i / quarter);
          cos[at] = Math.cos(angle);
          sin[at] = Math.sin(angle);
        }
  const shape = [front + rows * columns, 2 * quarter];
  return { cos: float(cos, shape), sin: float(sin, shape), width, pairs: "half-split" };
}

/** Tokens in front, and patches with their places. */
function embedded(pixels: GraphValue, layout: PictureLayout, { width, patch, side, registers }: PictureSizes): GraphValue {
  const pictures = pixels.shape[0] as number;
  const grid = gridOf(pixels, { patch });
  const { name, bias, flat: asMatrix = false } = layout.patches;
  const kernel = asMatrix
    ? ops.transpose(ops.reshape(parameter(`${name}.weight`, [width, patch * patch * 3]), [width, patch, patch, 3]), [0, 3, 1, 2])
    : parameter(`${name}.weight`, [width, 3, patch, patch]);
  const options = { stride: patch, bias: bias ? parameter(`${name}.bias`, [width]) : undefined };
  const patches = ops.reshape(ops.convolution(pixels, kernel, options), [pictures, width, grid[0] * grid[1]]);
  const plain = ops.transpose(patches, [0, 2, 1]);
  const front: GraphValue[] = [];
  const each = (token: GraphValue, count: number) => ops.expand(ops.reshape(token, [1, count, width]), [pictures, count, width]);
  const hasClass = layout.classToken !== undefined;
  const count = side * side + (hasClass ? 1 : 0);
  const table =
    layout.positions === undefined
      ? undefined
      : ops.reshape(parameter(layout.positions, layout.batched ? [1, count, width] : [count, width]), [count, width]);
  const places = table && hasClass ? ops.slice(table, 0, 1, count) : table;
  const rows = places ? ops.add(plain, resizedPositions(places, [side, side], grid, layout.filter)) : plain;
  if (layout.classToken !== undefined) {
    const token = ops.reshape(parameter(layout.classToken, layout.batched ? [1, 1, width] : [width]), [1, width]);
    front.push(each(table ? ops.add(token, ops.slice(table, 0, 0, 1)) : token, 1));
  }
  if (layout.registers !== undefined) front.push(each(parameter(layout.registers, [1, registers, width]), registers));
  return front.length === 0 ? rows : ops.concat([...front, rows], 1);
}

/** What a learned question finds in the rows (SigLIP's head): attention, then a hidden layer beside it. */
function answered(rows: GraphValue, name: string, layout: PictureLayout, { width, heads, hidden }: PictureSizes): GraphValue {
  const pictures = rows.shape[0] as number;
  const question = ops.expand(parameter(`${name}.probe`, [1, 1, width]), [pictures, 1, width]);
  const found = named(packedAttention(rows, `${name}.attention`, { heads, queriesFrom: question }), "head.attention");
  const normed = layerNorm(found, `${name}.layernorm.weight`, `${name}.layernorm.bias`, layout.epsilon);
  const opened = bent(linear(normed, `${name}.mlp.fc1`, hidden, true), layout.activation);
  return ops.reshape(ops.add(found, linear(opened, `${name}.mlp.fc2`, width, true)), [pictures, width]);
}
