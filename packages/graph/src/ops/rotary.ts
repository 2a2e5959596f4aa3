/**
 * Rotary positions as one op: `com.microsoft.RotaryEmbedding` when running, where plain ops would copy every query and key
 * ten times over, plain ops when differentiating (see `passes/decompose.ts`).
 */
import { type Array64, mismatch, number, type OpDefinition, three } from "./definition.js";

/** Rows of the op table. */
export const rotaryOps: Readonly<Record<string, OpDefinition>> = {
  RotaryEmbedding: {
    infer(inputs, attributes) {
      const [x, cos, sin] = three(inputs, "RotaryEmbedding");
      const heads = number(attributes, "num_heads");
      const [rows, half] = cos.shape as readonly [number, number];
      const fits =
        x.shape.length === 3 &&
        cos.shape.length === 2 &&
        sin.shape.length === 2 &&
        sin.shape[0] === rows &&
        sin.shape[1] === half &&
        x.shape[1] === rows &&
        (x.shape[2] as number) % heads === 0 &&
        2 * half <= (x.shape[2] as number) / heads;
      if (!fits) {
        throw mismatch(
          "RotaryEmbedding",
          `x [${x.shape.join(", ")}] with ${heads} heads, cos [${cos.shape.join(", ")}], sin [${sin.shape.join(", ")}] do not fit`,
        );
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    evaluate(inputs, attributes) {
      const [x, cos, sin] = inputs as readonly [Array64, Array64, Array64];
      const [rows, half] = cos.shape as readonly [number, number];
      const width = x.shape[2] as number;
      const headWidth = width / number(attributes, "num_heads");
      const adjacent = number(attributes, "interleaved") !== 0;
      const data = x.data.slice();
      for (let head = 0; head < data.length; head += headWidth) {
        const row = Math.floor(head / width) % rows;
        for (let j = 0; j < half; j++) {
          const first = head + (adjacent ? 2 * j : j);
          const second = adjacent ? first + 1 : first + half;
          const [a, b] = [x.data[first] as number, x.data[second] as number];
          const [c, s] = [cos.data[row * half + j] as number, sin.data[row * half + j] as number];
          data[first] = a * c - b * s;
          data[second] = b * c + a * s;
        }
      }
      return [{ shape: x.shape, data }];
    },
  },
};
