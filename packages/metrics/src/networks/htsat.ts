/**
 * HTSAT (Chen et al. 2022, "HTS-AT: A hierarchical token-semantic audio transformer"): a Swin transformer (Liu et al. 2021) over a mel
 * spectrogram folded to a square. Both CLAPs hear with it. Parameter names are those of LAION-AI/CLAP, behind a prefix.
 */
import { FoleyError, type GraphValue, type ParameterSource } from "@foley-control/core";
import { constant, feedForward, float, layerNorm, linear, named, ops, parameter } from "@foley-control/graph";
import { stretchFrames } from "@foley-control/signal";
import { countNumbered, shapeOf } from "@foley-control/weights";
import { batchNormLast } from "./batch-norm.js";

import type { NetworkRelease } from "./release.js";

/** Sizes of the network. */
interface HtsatConfig {
  /** What is heard of more than 1024 frames: the mean of pieces, as MS-CLAP's reference has it; LAION-CLAP's hears nothing longer. */
  readonly longer: "refused" | "pieces";
  /** Prefix of all parameter names, e.g. `"audio_branch."`. */
  readonly prefix: string;
  /** Width of a token in the first stage; each further stage doubles it. */
  readonly width: number;
  /** Pixels of a patch's side. */
  readonly patch: number;
  /** Blocks, heads of each block and hidden width of the feed-forward, by stage. */
  readonly stages: readonly { readonly blocks: number; readonly heads: number; readonly hidden: number }[];
  /** Tokens of a window's side. */
  readonly window: number;
}

/** Mel bands. */
export const HTSAT_BANDS = 64;
/** Pixels of the square's side. */
const SIDE = 256;
/** Pieces that time falls into, one below the other. */
const PIECES = SIDE / HTSAT_BANDS;
/** Frames that fit; fewer are stretched to as many. */
const HTSAT_FRAMES = SIDE * PIECES;
/** Largest window's side that is taken from a file; tables grow with its fourth power. */
const MAX_WINDOW = 16;
/** What MS-CLAP's reference hears of sounds that do not fit: pieces of so many frames, one after so many others. */
const MS_CLAP_PIECE = { frames: 689, every: 344 } as const;
/** What is added to the score of a token that a shifted window took from the far side. */
const APART = -100;

/** Tensors of a release that the graph does not read: the front-end's constants, counters, tables that the architecture fixes, classifiers. */
export const HTSAT_UNREAD =
  /(^|\.)(spectrogram_extractor|logmel_extractor|tscam_conv|head)\.|\.(num_batches_tracked|relative_position_index|attn_mask)$/;

/**
 * Reads the configuration off the shapes.
 *
 * @throws FoleyError `bad-weights` when a tensor that tells a size is missing or tells an impossible one
 */
export function htsatConfig(
  weights: ParameterSource,
  prefix: string,
  release: NetworkRelease,
  longer: HtsatConfig["longer"],
): HtsatConfig {
  const shape = (name: string, rank: number) => shapeOf(weights, `${prefix}${name}`, rank, release);
  const [width, , patch] = shape("patch_embed.proj.weight", 4) as readonly [number, number, number];
  const stages = Array.from({ length: countNumbered(weights, `${prefix}layers.`) }, (_, stage) => ({
    blocks: countNumbered(weights, `${prefix}layers.${stage}.blocks.`),
    heads: shape(`layers.${stage}.blocks.0.attn.relative_position_bias_table`, 2)[1] as number,
    hidden: shape(`layers.${stage}.blocks.0.mlp.fc1.weight`, 2)[0] as number,
  }));
  const table = "layers.0.blocks.0.attn.relative_position_bias_table";
  const window = (Math.sqrt(shape(table, 2)[0] as number) + 1) / 2;
  if (!Number.isInteger(window) || window > MAX_WINDOW) {
    throw new FoleyError(
      "bad-weights",
      `These are no weights of ${release.title}: "${prefix}${table}" has ${shape(table, 2)[0]} rows; (2·window − 1)² were expected, for a window of ${MAX_WINDOW} at most.`,
      { hint: `Give ${release.file} as it was downloaded.` },
    );
  }
  return { longer, prefix, width, patch, stages, window };
}

/**
 * mel [batch, 1, frames, 64] in decibels → [batch, width of the last stage], the mean of the last stage's tokens; of more than 1024 frames
 * the mean of what is heard in pieces, where the configuration says so.
 *
 * @throws FoleyError `shape-mismatch` for more frames where it does not
 */
export function htsat(mel: GraphValue, config: HtsatConfig): GraphValue {
  const [batch, , frames] = mel.shape as readonly [number, number, number];
  if (frames <= HTSAT_FRAMES || config.longer === "refused") return heard(mel, config);
  const { frames: length, every } = MS_CLAP_PIECE;
  // The last that would end with the sound is left out, in the reference as here.
  const count = Math.ceil((frames - length - 1) / every);
  const pieces = Array.from({ length: count }, (_, i) => ops.slice(mel, 2, i * every, i * every + length));
  const each = heard(count === 1 ? (pieces[0] as GraphValue) : ops.concat(pieces, 0), config);
  return ops.mean(ops.reshape(each, [count, batch, each.shape[1] as number]), [0]);
}

/** What fits into the square. */
function heard(mel: GraphValue, config: HtsatConfig): GraphValue {
  const { prefix, width, patch, stages } = config;
  const norm = (x: GraphValue, name: string) => layerNorm(x, `${prefix}${name}.weight`, `${prefix}${name}.bias`);
  const picture = folded(named(batchNormLast(mel, `${prefix}bn0`), `${prefix}bn0`));
  const bias = parameter(`${prefix}patch_embed.proj.bias`, [width]);
  const patches = ops.convolution(picture, parameter(`${prefix}patch_embed.proj.weight`, [width, 1, patch, patch]), {
    stride: patch,
    bias,
  });
  const batch = mel.shape[0] as number;
  let side = SIDE / patch;
  let x = norm(ops.transpose(ops.reshape(patches, [batch, width, side * side]), [0, 2, 1]), "patch_embed.norm");
  x = named(x, `${prefix}patch_embed`);
  for (const [stage, { blocks, heads, hidden }] of stages.entries()) {
    const name = `${prefix}layers.${stage}`;
    const window = Math.min(config.window, side);
    for (let block = 0; block < blocks; block++) {
      // One window has nowhere to shift to.
      const shift = block % 2 === 1 && side > window ? Math.floor(window / 2) : 0;
      x = swinBlock(x, `${name}.blocks.${block}`, { side, window, shift, heads, hidden });
    }
    if (stage < stages.length - 1) {
      x = merged(x, `${name}.downsample`, side);
      side /= 2;
    }
    x = named(x, name);
  }
  return ops.mean(named(norm(x, "norm"), `${prefix}norm`), [1]);
}

/** [batch, 1, frames, 64] → [batch, 1, 256, 256]: stretched to 1024 frames, cut into four, the bands of each below those before. */
function folded(mel: GraphValue): GraphValue {
  const [batch, , frames] = mel.shape as readonly [number, number, number, number];
  if (frames > HTSAT_FRAMES) {
    throw new FoleyError("shape-mismatch", `The sound has ${frames} frames; at most ${HTSAT_FRAMES} fit into the network.`, {
      hint: "Cut the sound as the front-end of the network does.",
    });
  }
  const stretched = frames === HTSAT_FRAMES ? mel : ops.matmul(stretching(frames, HTSAT_FRAMES), mel);
  const pieces = ops.reshape(stretched, [batch, PIECES, SIDE, HTSAT_BANDS]);
  return ops.reshape(ops.transpose(pieces, [0, 1, 3, 2]), [batch, 1, SIDE, SIDE]);
}

/** The matrix [to, from] that stretches frames: what becomes of the unit vectors. */
function stretching(from: number, to: number): GraphValue {
  const unit = Float64Array.from({ length: from * from }, (_, i) => (i % (from + 1) === 0 ? 1 : 0));
  return float(Float32Array.from(stretchFrames(unit, from, from, to)), [to, from]);
}

interface BlockShape {
  readonly side: number;
  readonly window: number;
  readonly shift: number;
  readonly heads: number;
  readonly hidden: number;
}

function swinBlock(x: GraphValue, name: string, shape: BlockShape): GraphValue {
  const norm = (value: GraphValue, which: string) => layerNorm(value, `${name}.${which}.weight`, `${name}.${which}.bias`);
  const seen = ops.add(x, windowAttention(norm(x, "norm1"), `${name}.attn`, shape));
  return ops.add(seen, feedForward(norm(seen, "norm2"), [`${name}.mlp.fc1`, `${name}.mlp.fc2`], shape.hidden));
}

/** Attention inside windows, which every second block shifts by half, round the edges. */
function windowAttention(x: GraphValue, name: string, { side, window, shift, heads }: BlockShape): GraphValue {
  const [batch, tokens, width] = x.shape as readonly [number, number, number];
  const across = side / window;
  const [windows, rows] = [across * across, window * window];
  const grid = rolled(ops.reshape(x, [batch, side, side, width]), shift);
  const cut = ops.transpose(ops.reshape(grid, [batch, across, window, across, window, width]), [0, 1, 3, 2, 4, 5]);
  const packed = linear(ops.reshape(cut, [batch * windows, rows, width]), `${name}.qkv`, 3 * width, true);
  const perHead = ops.reshape(packed, [batch * windows, rows, 3, heads, width / heads]);
  const part = (which: number, order: readonly number[]) =>
    ops.transpose(ops.reshape(ops.slice(perHead, 2, which, which + 1), [batch * windows, rows, heads, width / heads]), order);
  const q = ops.multiply(part(0, [0, 2, 1, 3]), Math.sqrt(heads / width));
  const products = ops.reshape(ops.matmul(q, part(1, [0, 2, 3, 1])), [batch, windows, heads, rows, rows]);
  const near = relativeBias(`${name}.relative_position_bias_table`, heads, window);
  const bias = shift === 0 ? near : ops.add(near, float(strangers(side, window, shift), [windows, 1, rows, rows]));
  const weights = ops.reshape(ops.softmax(ops.add(products, bias)), [batch * windows, heads, rows, rows]);
  const mixed = ops.transpose(ops.matmul(weights, part(2, [0, 2, 1, 3])), [0, 2, 1, 3]);
  const made = linear(ops.reshape(mixed, [batch * windows, rows, width]), `${name}.proj`, width, true);
  const joined = ops.transpose(ops.reshape(made, [batch, across, across, window, window, width]), [0, 1, 3, 2, 4, 5]);
  return ops.reshape(rolled(ops.reshape(joined, [batch, side, side, width]), -shift), [batch, tokens, width]);
}

/** Moves rows and columns of [batch, side, side, width] towards the beginning; what falls off comes back at the end. */
function rolled(x: GraphValue, by: number): GraphValue {
  if (by === 0) return x;
  return [1, 2].reduce((value, axis) => {
    const size = value.shape[axis] as number;
    const start = (by + size) % size;
    return ops.concat([ops.slice(value, axis, start, size), ops.slice(value, axis, 0, start)], axis);
  }, x);
}

/** [1, heads, rows, rows] from a table of the distances that two tokens of a window can have. */
function relativeBias(name: string, heads: number, window: number): GraphValue {
  const distances = 2 * window - 1;
  const rows = window * window;
  const indices = Int32Array.from({ length: rows * rows }, (_, i) => {
    const [from, to] = [Math.floor(i / rows), i % rows];
    const down = Math.floor(from / window) - Math.floor(to / window) + window - 1;
    return down * distances + (from % window) - (to % window) + window - 1;
  });
  const found = ops.gather(parameter(name, [distances * distances, heads]), constant(indices, [1, rows, rows], "int32"), 0);
  return ops.transpose(found, [0, 3, 1, 2]);
}

/** [windows, 1, rows, rows]: {@link APART} between tokens of a shifted window that were on different sides of the picture. */
function strangers(side: number, window: number, shift: number): Float32Array<ArrayBuffer> {
  const across = side / window;
  const rows = window * window;
  const region = (place: number) => (place < side - window ? 0 : place < side - shift ? 1 : 2);
  const regionOf = (at: number, row: number) => {
    const [y, x] = [Math.floor(at / across) * window + Math.floor(row / window), (at % across) * window + (row % window)];
    return 3 * region(y) + region(x);
  };
  return Float32Array.from({ length: across * across * rows * rows }, (_, i) => {
    const at = Math.floor(i / (rows * rows));
    return regionOf(at, Math.floor(i / rows) % rows) === regionOf(at, i % rows) ? 0 : APART;
  });
}

/** Half as many rows and columns, twice as wide: each four neighbours, column by column, through one linear layer. */
function merged(x: GraphValue, name: string, side: number): GraphValue {
  const [batch, , width] = x.shape as readonly [number, number, number];
  const half = side / 2;
  const neighbours = ops.transpose(ops.reshape(x, [batch, half, 2, half, 2, width]), [0, 1, 3, 4, 2, 5]);
  const four = ops.reshape(neighbours, [batch, half * half, 4 * width]);
  return linear(layerNorm(four, `${name}.norm.weight`, `${name}.norm.bias`), `${name}.reduction`, 2 * width);
}
