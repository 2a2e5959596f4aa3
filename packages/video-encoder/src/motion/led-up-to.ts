/**
 * Contacts are led up to: what touches came from somewhere. A caret that blinks, a lamp that goes on, a cut to another shot change a picture from
 * one frame to the next and nothing before it; the network takes what appears for what touches.
 */
import type { GraphValue } from "@foley-control/core";
import { float, ops } from "@foley-control/graph";
import { shifted } from "../neighbours.js";

/** Frames before a change in which something must have moved: a source of 5 pictures a second shows one in so many. */
const FIRST = 8;
const LAST = 2;
/** Share of the change that must have been seen before it. */
const SHARE = 0.04;
/** More than anything moves. */
const UNKNOWN = 1e3;
/** Taken from the logit where nothing was. */
const PENALTY = 12;

/**
 * What is taken from the logits of a frame, 0 or less: [batch, time, 1].
 *
 * @param changes - of local contrast, [batch, time, height, width, 2]
 */
export function ledUpTo(changes: GraphValue): GraphValue {
  const [batch, time, height, width] = changes.shape as readonly [number, number, number, number];
  const over = ops.reshape(ops.slice(changes, 4, 0, 1), [batch, time, height * width]);
  const moved = ops.mean(ops.sqrt(ops.add(ops.square(over), 1e-12)), [2]);
  const most = (from: number, to: number): GraphValue =>
    Array.from({ length: to - from + 1 }, (_, i) => shifted(moved, 1, from + i)).reduce((a, b) => ops.maximum(a, b));
  const now = most(-1, 1);
  // What was before the clip, or before a window, is not known: as if much had moved.
  const unknown = Array.from({ length: time }, (_, frame) => (frame < FIRST ? UNKNOWN : 0));
  const before = ops.maximum(most(LAST, FIRST), float(unknown, [1, time]));
  const share = ops.divide(before, ops.add(ops.multiply(now, SHARE), 1e-9));
  return ops.reshape(ops.multiply(ops.relu(ops.subtract(1, share)), -PENALTY), [batch, time, 1]);
}
