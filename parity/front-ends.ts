/** Sounds of a case through a front-end of the metrics, one after the other. */

import type { PlainTensor } from "@foley-control/core";
import type { Numbers } from "@foley-control/golden";

/**
 * Every row of sounds [batch, samples] through a front-end, the results joined along their first axis.
 *
 * @param hear - what one sound becomes
 */
export function throughFrontEnd({ shape, data }: Numbers, hear: (samples: Float64Array) => PlainTensor<"float32">): Numbers {
  const [batch, samples] = shape as readonly [number, number];
  const made = Array.from({ length: batch }, (_, row) =>
    hear(Float64Array.from(data.subarray(row * samples, (row + 1) * samples))),
  );
  const all = new Float32Array(made.reduce((total, one) => total + one.data.length, 0));
  let at = 0;
  for (const one of made) {
    all.set(one.data, at);
    at += one.data.length;
  }
  const rows = made.reduce((total, one) => total + (one.shape[0] as number), 0);
  return { shape: [rows, ...(made[0] as PlainTensor).shape.slice(1)], data: all };
}
