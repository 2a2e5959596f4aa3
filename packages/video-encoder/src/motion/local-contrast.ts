/**
 * Pictures as a motion encoder sees them: brightness against its surroundings, in units of the contrast there, and how it changes. What
 * light, exposure and surface look like falls out, so that drawings and film look alike.
 */
import type { GraphValue } from "@foley-control/core";
import { float, ops } from "@foley-control/graph";

/** Contrast below which a surrounding counts as flat, on the 0..1 scale of brightness. */
const FLAT = 0.04;
/** Largest change that is told apart. */
const LARGEST = 3;

/** Brightness [batch, time, height, width] of pixels [batch, time, 3, height, width] in 0..1 (ITU-R BT.601). */
export function brightness(pixels: GraphValue): GraphValue {
  return ops.sum(ops.multiply(pixels, float([0.299, 0.587, 0.114], [1, 1, 3, 1, 1])), [2]);
}

/**
 * Brightness minus its Gaussian mean, over the Gaussian standard deviation.
 *
 * @param luma - [batch, time, height, width] in 0..1
 * @param sigma - of the Gaussian, pixels
 */
export function localContrast(luma: GraphValue, sigma: number): GraphValue {
  const [, , height, width] = luma.shape as readonly [number, number, number, number];
  const [rows, columns] = [gaussianRows(height, sigma), gaussianRows(width, sigma)];
  const down = float([...rows], [height, height]);
  const across = ops.transpose(float([...columns], [width, width]), [1, 0]);
  const blurred = (x: GraphValue) => ops.matmul(ops.matmul(down, x), across);
  const apart = ops.subtract(luma, blurred(luma));
  return ops.divide(apart, ops.add(ops.sqrt(ops.add(blurred(ops.square(apart)), 1e-8)), FLAT));
}

/** Changes of local contrast over one and over two frames, at most ±3: [batch, time, height, width, 2]. The first frame follows itself. */
export function contrastChanges(contrast: GraphValue): GraphValue {
  const since = (frames: number): GraphValue => {
    const [first, time] = [ops.slice(contrast, 1, 0, 1), contrast.shape[1] as number];
    const before = ops.concat([...new Array<GraphValue>(frames).fill(first), ops.slice(contrast, 1, 0, time - frames)], 1);
    const change = ops.maximum(ops.minimum(ops.subtract(contrast, before), LARGEST), -LARGEST);
    return ops.reshape(change, [...contrast.shape, 1]);
  };
  return ops.concat([since(1), since(2)], 4);
}

/** A Gaussian mean over `size` places as a matrix; at the edges it is the mean of what is there. */
function gaussianRows(size: number, sigma: number): Float32Array {
  const data = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    const weights = Array.from({ length: size }, (_, at) => Math.exp(-0.5 * ((at - row) / sigma) ** 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    data.set(
      weights.map((weight) => weight / total),
      row * size,
    );
  }
  return data;
}
