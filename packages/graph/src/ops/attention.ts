/**
 * Multi-head attention as one op, so that the choice of kernel is made in one place: `com.microsoft.MultiHeadAttention`
 * when running (no N×N scores in memory), plain ops when differentiating (see `passes/decompose.ts`).
 */
import { type Array64, mismatch, number, type OpDefinition, three } from "./definition.js";

/** Rows of the op table. */
export const attentionOps: Readonly<Record<string, OpDefinition>> = {
  MultiHeadAttention: {
    infer(inputs, attributes) {
      const [q, k, v] = three(inputs, "MultiHeadAttention");
      const heads = number(attributes, "num_heads");
      const fits =
        q.shape.length === 3 &&
        k.shape.length === 3 &&
        v.shape.length === 3 &&
        q.shape[2] === k.shape[2] &&
        k.shape[1] === v.shape[1] &&
        q.shape[0] === k.shape[0] &&
        k.shape[0] === v.shape[0] &&
        (q.shape[2] as number) % heads === 0 &&
        (v.shape[2] as number) % heads === 0;
      if (!fits) {
        throw mismatch(
          "MultiHeadAttention",
          `q [${q.shape.join(", ")}], k [${k.shape.join(", ")}], v [${v.shape.join(", ")}] do not fit ${heads} heads`,
        );
      }
      return [{ dtype: q.dtype, shape: [q.shape[0] as number, q.shape[1] as number, v.shape[2] as number] }];
    },
    evaluate(inputs, attributes, types) {
      const [q, k, v] = inputs as readonly [Array64, Array64, Array64];
      const heads = number(attributes, "num_heads");
      const scale = number(attributes, "scale");
      const [batch, n, width] = q.shape as readonly [number, number, number];
      const m = k.shape[1] as number;
      const widthV = v.shape[2] as number;
      const [d, e] = [width / heads, widthV / heads];
      const data = new Float64Array(batch * n * widthV);
      const score = new Float64Array(m);
      for (let b = 0; b < batch; b++) {
        for (let h = 0; h < heads; h++) {
          for (let i = 0; i < n; i++) {
            let top = Number.NEGATIVE_INFINITY;
            for (let j = 0; j < m; j++) {
              let dot = 0;
              for (let c = 0; c < d; c++)
                dot += (q.data[(b * n + i) * width + h * d + c] as number) * (k.data[(b * m + j) * width + h * d + c] as number);
              score[j] = dot * scale;
              top = Math.max(top, dot * scale);
            }
            let total = 0;
            for (let j = 0; j < m; j++) total += score[j] = Math.exp((score[j] as number) - top);
            for (let c = 0; c < e; c++) {
              let mixed = 0;
              for (let j = 0; j < m; j++) mixed += (score[j] as number) * (v.data[(b * m + j) * widthV + h * e + c] as number);
              data[(b * n + i) * widthV + h * e + c] = mixed / total;
            }
          }
        }
      }
      return [{ shape: (types[0] as { shape: readonly number[] }).shape, data }];
    },
  },
};
