/**
 * The motion network: changes of local contrast → where, when and how hard something touches, and how lively a clip moves. Small cells mix
 * with their neighbours in space and in time, merge four to one, and mix again over longer times.
 */
import type { GraphValue } from "@foley-control/core";
import { layerNorm, linear, ops } from "@foley-control/graph";
import { mixNeighbours, shifted } from "../neighbours.js";
import { contrastChanges, localContrast } from "./local-contrast.js";

/** One sublayer: along which axes neighbours mix, and how far they are away. */
export type MotionMixing = readonly [axes: "time" | "space", reach: number];

/** Shape of the network. */
export interface MotionNetworkConfig {
  /** Pixels per side of a picture. */
  readonly imageSize: number;
  /** Standard deviation of the Gaussian that surroundings are taken with, pixels. */
  readonly surroundings: number;
  /** Pixels per side of a small cell. */
  readonly patchSize: number;
  /** Channels of a small cell, and of the four that are merged. */
  readonly widths: readonly [number, number];
  /** Sublayers before and after cells are merged. */
  readonly mixing: readonly [readonly MotionMixing[], readonly MotionMixing[]];
  /** Channels of what is known of a whole frame. */
  readonly pooledWidth: number;
  /** Frames that a token stands for. */
  readonly tubeletSize: number;
}

/** What the network makes of a clip. */
export interface MotionOutput {
  /** Changes of local contrast over one and over two frames, which is all that it sees: [batch, time, height, width, 2]. */
  readonly changes: GraphValue;
  /** Logit of a contact per cell, from the cell and its surroundings alone: [batch, time, rows·columns]. */
  readonly cells: GraphValue;
  /** Logit that all cells of a frame have in common: [batch, time, 1]. */
  readonly frame: GraphValue;
  /** How hard a contact in this frame would be, 0 to 1: [batch, time]. */
  readonly strengths: GraphValue;
  /** How lively what lasts moves (rain, an engine, something that slides), 0 to 1: [batch, time / tubeletSize]. */
  readonly level: GraphValue;
}

/**
 * What moves in a clip, from the changes of its local contrast.
 *
 * @param luma - [batch, time, height, width] in 0..1
 */
export function motionNetwork(luma: GraphValue, config: MotionNetworkConfig): MotionOutput {
  const { patchSize, widths, mixing, pooledWidth, tubeletSize, surroundings } = config;
  const [batch, time, height, width] = luma.shape as readonly [number, number, number, number];
  const [rows, columns] = [height / patchSize, width / patchSize];
  const changes = contrastChanges(localContrast(luma, surroundings));
  const blocks = ops.reshape(changes, [batch, time, rows, patchSize, columns, patchSize, 2]);
  const cut = ops.reshape(ops.transpose(blocks, [0, 1, 2, 4, 3, 5, 6]), [batch, time, rows, columns, 2 * patchSize ** 2]);
  let x = linear(ops.concat([shifted(cut, 1, 1), cut, shifted(cut, 1, -1)], 4), "motion.stem", widths[0], true);
  x = mixed(x, "motion.cells", mixing[0]);
  const fours = ops.reshape(x, [batch, time, rows / 2, 2, columns / 2, 2, widths[0]]);
  const merged = ops.reshape(ops.transpose(fours, [0, 1, 2, 4, 3, 5, 6]), [batch, time, rows / 2, columns / 2, 4 * widths[0]]);
  x = mixed(linear(merged, "motion.merge", widths[1], true), "motion.merged", mixing[1]);

  const count = (rows * columns) / 4;
  const known = layerNorm(ops.reshape(x, [batch, time, count, widths[1]]), "motion.norm.weight", "motion.norm.bias");
  const cells = ops.reshape(linear(ops.gelu(linear(known, "motion.cell.fc1", widths[1], true)), "motion.cell.fc2", 1, true), [
    batch,
    time,
    count,
  ]);
  // What the likeliest cells know stands beside the mean over all.
  const attention = ops.reshape(ops.softmax(cells), [batch, time, 1, count]);
  const attended = ops.reshape(ops.matmul(attention, known), [batch, time, widths[1]]);
  let pooled = linear(ops.concat([ops.mean(known, [2]), attended], 2), "motion.pool", pooledWidth, true);
  for (const [i, reach] of [1, 2, 4].entries()) pooled = mixNeighbours(pooled, `motion.frame.${i}`, [1], reach);
  const frames = layerNorm(pooled, "motion.frame.norm.weight", "motion.frame.norm.bias");
  const tubelets = ops.reshape(frames, [batch, time / tubeletSize, tubeletSize * pooledWidth]);
  return {
    changes,
    cells,
    frame: linear(frames, "motion.contact", 1, true),
    strengths: ops.reshape(ops.sigmoid(linear(frames, "motion.strength", 1, true)), [batch, time]),
    level: ops.reshape(ops.sigmoid(linear(tubelets, "motion.level", 1, true)), [batch, time / tubeletSize]),
  };
}

/** x [batch, time, rows, columns, channels]. */
function mixed(x: GraphValue, name: string, mixing: readonly MotionMixing[]): GraphValue {
  return mixing.reduce(
    (value, [axes, reach], i) => mixNeighbours(value, `${name}.${i}`, axes === "time" ? [1] : [2, 3], reach),
    x,
  );
}
