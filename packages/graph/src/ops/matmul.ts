/** Matrix products: the ops where the time goes. */
import { INT8_ZERO, sameShape } from "@foley-control/core";
import {
  type Array64,
  at,
  broadcast,
  broadcastStrides,
  mismatch,
  number,
  type OpDefinition,
  offsets,
  three,
} from "./definition.js";

/** Rows of the op table. */
export const matmulOps: Readonly<Record<string, OpDefinition>> = {
  MatMul: {
    infer(inputs) {
      const a = at(inputs, 0, "MatMul");
      const b = at(inputs, 1, "MatMul");
      const [n, k] = a.shape.slice(-2);
      const [k2, m] = b.shape.slice(-2);
      if (a.shape.length < 2 || b.shape.length < 2 || k !== k2) {
        throw mismatch("MatMul", `shapes [${a.shape.join(", ")}] and [${b.shape.join(", ")}] do not multiply`);
      }
      return [
        { dtype: a.dtype, shape: [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2), "MatMul"), n as number, m as number] },
      ];
    },
    evaluate(inputs, _attributes, types) {
      const [a, b] = inputs as readonly [Array64, Array64];
      const shape = (types[0] as { shape: readonly number[] }).shape;
      const [n, m] = shape.slice(-2) as [number, number];
      const k = a.shape[a.shape.length - 1] as number;
      const batch = shape.slice(0, -2);
      const scale = (from: readonly number[], unit: number) =>
        offsets(batch, broadcastStrides(from.slice(0, -2), batch)).map((o) => o * unit);
      const ia = scale(a.shape, n * k);
      const ib = scale(b.shape, k * m);
      const data = new Float64Array(ia.length * n * m);
      for (let s = 0; s < ia.length; s++) {
        for (let i = 0; i < n; i++) {
          for (let p = 0; p < k; p++) {
            const left = a.data[(ia[s] as number) + i * k + p] as number;
            for (let j = 0; j < m; j++) {
              const at = (s * n + i) * m + j;
              data[at] = (data[at] as number) + left * (b.data[(ib[s] as number) + p * m + j] as number);
            }
          }
        }
      }
      return [{ shape, data }];
    },
  },
  /**
   * x [..., columns] by the transpose of a matrix in int8 blocks: bytes [rows, blocks, size] and scales [rows, blocks], see
   * `quantiseBlocks` in core; `com.microsoft.MatMulNBits` when running.
   */
  MatMulNBits: {
    infer(inputs, attributes) {
      const [x, values, scales] = three(inputs, "MatMulNBits");
      const size = number(attributes, "block_size");
      const columns = x.shape[x.shape.length - 1] as number;
      const [rows, blocks] = values.shape as readonly [number, number];
      const fits =
        x.shape.length >= 2 &&
        values.dtype === "uint8" &&
        values.shape.length === 3 &&
        values.shape[2] === size &&
        blocks === Math.ceil(columns / size) &&
        scales.dtype === x.dtype &&
        sameShape(scales.shape, [rows, blocks]);
      if (!fits) {
        throw mismatch(
          "MatMulNBits",
          `x ${x.dtype} [${x.shape.join(", ")}], values ${values.dtype} [${values.shape.join(", ")}] and scales ${scales.dtype} [${scales.shape.join(", ")}] do not fit blocks of ${size}`,
        );
      }
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, -1), rows] }];
    },
    evaluate(inputs, attributes, types) {
      const [x, values, scales] = inputs as readonly [Array64, Array64, Array64];
      const { shape } = types[0] as { shape: readonly number[] };
      const size = number(attributes, "block_size");
      const columns = x.shape[x.shape.length - 1] as number;
      const [rows, blocks] = values.shape as readonly [number, number];
      const data = new Float64Array((x.data.length / columns) * rows);
      for (let i = 0; i < data.length; i++) {
        const [from, row] = [Math.floor(i / rows) * columns, i % rows];
        let total = 0;
        for (let j = 0; j < columns; j++) {
          const block = row * blocks + Math.floor(j / size);
          const weight = ((values.data[block * size + (j % size)] as number) - INT8_ZERO) * (scales.data[block] as number);
          total += (x.data[from + j] as number) * weight;
        }
        data[i] = total;
      }
      return [{ shape, data }];
    },
  },
};
