/** Matrix product: the one op where the time goes. */
import { FoleyError } from "@foley-control/core";
import { type Array64, at, broadcast, broadcastStrides, type OpDefinition, offsets } from "./definition.js";

/** Rows of the op table. */
export const matmulOps: Readonly<Record<string, OpDefinition>> = {
  MatMul: {
    infer(inputs) {
      const a = at(inputs, 0, "MatMul");
      const b = at(inputs, 1, "MatMul");
      const [n, k] = a.shape.slice(-2);
      const [k2, m] = b.shape.slice(-2);
      if (a.shape.length < 2 || b.shape.length < 2 || k !== k2) {
        throw new FoleyError(
          "shape-mismatch",
          `MatMul: shapes [${a.shape.join(", ")}] and [${b.shape.join(", ")}] do not multiply.`,
        );
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
};
