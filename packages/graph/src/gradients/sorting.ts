/** Gradient of the largest or smallest of an axis: it goes back to where they were. */
import type { GraphValue } from "@foley-control/core";
import * as f from "../ops/functions.js";
import { constant } from "../value.js";
import { type GradientRule, rule } from "./rule.js";

/** Rows of the gradient table. */
export const sortingGradients: Readonly<Record<string, GradientRule | null>> = {
  TopK: rule((dy, { inputs, outputs }) => {
    const [x, places] = [inputs[0] as GraphValue, outputs[1] as GraphValue];
    const width = x.shape[x.shape.length - 1] as number;
    const range = constant(
      BigInt64Array.from({ length: width }, (_, i) => BigInt(i)),
      [width, 1],
      "int64",
    );
    const [rows, k] = [x.shape.slice(0, -1), dy.shape[dy.shape.length - 1] as number];
    const oneHot = f.cast(f.equal(range, f.reshape(places, [...rows, 1, k])), x.dtype);
    return [f.reshape(f.matmul(oneHot, f.reshape(dy, [...rows, k, 1])), x.shape)];
  }),
};
