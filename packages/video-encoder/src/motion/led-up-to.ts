/**
 * Contacts are led up to: what touches came from somewhere. A caret that blinks, a lamp that goes on, a cut to another shot change a picture from
 * one frame to the next and nothing before it; the network takes what appears for what touches.
 */
import type { GraphValue } from "@foley-control/core";
import { ops } from "@foley-control/graph";

/** Frames before a change in which something must have moved: a source of 5 pictures a second shows one in so many. */
const FIRST = 8;
const LAST = 2;
/** Share of the change that must have been seen before it. */
const SHARE = 0.04;
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
    Array.from({ length: to - from + 1 }, (_, i) => shiftedBy(moved, from + i)).reduce((a, b) => ops.maximum(a, b));
  const now = most(-1, 1);
  const before = most(LAST, FIRST);
  const share = ops.divide(before, ops.add(ops.multiply(now, SHARE), 1e-9));
  return ops.reshape(ops.multiply(ops.relu(ops.subtract(1, share)), -PENALTY), [batch, time, 1]);
}

/** x [batch, time] `frames` later; what is before the first frame moved as much as anything, what is behind the last not at all. */
function shiftedBy(x: GraphValue, frames: number): GraphValue {
  const [batch, time] = x.shape as readonly [number, number];
  if (frames === 0) return x;
  const filling = ops.add(ops.zeros([batch, Math.min(time, Math.abs(frames))]), frames > 0 ? 1e3 : 0);
  if (Math.abs(frames) >= time) return filling;
  return frames > 0
    ? ops.concat([filling, ops.slice(x, 1, 0, time - frames)], 1)
    : ops.concat([ops.slice(x, 1, -frames, time), filling], 1);
}
