/** The largest or smallest of an axis, in order. */
import type { Shape } from "@foley-control/core";
import { type Array64, at, mismatch, number, type OpDefinition } from "./definition.js";

/** Rows of the op table. */
export const sortingOps: Readonly<Record<string, OpDefinition>> = {
  /** Along the last axis; outputs: values, and where they are. */
  TopK: {
    infer(inputs, attributes) {
      const x = at(inputs, 0, "TopK");
      const [k, width] = [number(attributes, "k"), x.shape[x.shape.length - 1]];
      if (width === undefined || !Number.isInteger(k) || k < 0 || k > width)
        throw mismatch("TopK", `there are no ${k} elements along the last axis of [${x.shape.join(", ")}]`);
      const shape = [...x.shape.slice(0, -1), k];
      return [
        { dtype: x.dtype, shape },
        { dtype: "int64", shape },
      ];
    },
    evaluate([x], attributes, types) {
      const { shape: from, data } = x as Array64;
      const { shape } = types[0] as { shape: Shape };
      const [k, sign, width] = [
        number(attributes, "k"),
        number(attributes, "largest") !== 0 ? 1 : -1,
        from[from.length - 1] as number,
      ];
      const values: number[] = [];
      const places: number[] = [];
      for (let row = 0; row < data.length; row += width) {
        const order = Array.from({ length: width }, (_, i) => i);
        order.sort((a, b) => sign * ((data[row + b] as number) - (data[row + a] as number)) || a - b);
        for (const place of order.slice(0, k)) {
          values.push(data[row + place] as number);
          places.push(place);
        }
      }
      return [
        { shape, data: Float64Array.from(values) },
        { shape, data: Float64Array.from(places) },
      ];
    },
  },
};
