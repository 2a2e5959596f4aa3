/** Writes composite ops out in plain ones: before differentiation, and for devices without the fused kernel. */
import { type Graph, type GraphNode, type GraphValue, INT8_ZERO } from "@foley-control/core";
import * as f from "../ops/functions.js";
import { rewrite } from "./rewrite.js";

/** The same attention in plain ops: softmax(q·(k·scale)ᵀ)·v per head. Keys are often fewer than queries, and often hoisted. */
function decomposedAttention(q: GraphValue, k: GraphValue, v: GraphValue, heads: number, scale: number): GraphValue {
  const split = (x: GraphValue, perm: readonly number[]) => {
    const [batch, rows, width] = x.shape as readonly [number, number, number];
    return f.transpose(f.reshape(x, [batch, rows, heads, width / heads]), perm);
  };
  const weights = f.softmax(f.matmul(split(q, [0, 2, 1, 3]), f.multiply(split(k, [0, 2, 3, 1]), scale)));
  const mixed = f.transpose(f.matmul(weights, split(v, [0, 2, 1, 3])), [0, 2, 1, 3]);
  return f.reshape(mixed, [q.shape[0] as number, q.shape[1] as number, v.shape[2] as number]);
}

/** The same rotation in plain ops: (a, b) becomes (a·cos − b·sin, b·cos + a·sin). */
function decomposedRotary(x: GraphValue, cos: GraphValue, sin: GraphValue, heads: number, adjacent: boolean): GraphValue {
  const [batch, rows, width] = x.shape as readonly [number, number, number];
  const half = cos.shape[1] as number;
  const perHead = f.reshape(x, [batch, rows, heads, width / heads]);
  const turning = f.slice(perHead, 3, 0, 2 * half);
  const paired = f.reshape(turning, [batch, rows, heads, ...(adjacent ? [half, 2] : [2, half])]);
  const along = adjacent ? 4 : 3;
  const table = (t: GraphValue) => f.reshape(t, adjacent ? [rows, 1, half, 1] : [rows, 1, 1, half]);
  const [a, b] = f.split(paired, [1, 1], along) as readonly [GraphValue, GraphValue];
  const [c, s] = [table(cos), table(sin)];
  const turned = f.concat([f.subtract(f.multiply(a, c), f.multiply(b, s)), f.add(f.multiply(b, c), f.multiply(a, s))], along);
  const flat = f.reshape(turned, turning.shape);
  const rest = f.slice(perHead, 3, 2 * half, width / heads);
  return f.reshape(2 * half === width / heads ? flat : f.concat([flat, rest], 3), x.shape);
}

/** The same pooling in plain ops: one value per place of the window, joined. */
function decomposedPooling(
  x: GraphValue,
  attributes: GraphNode["attributes"],
  join: (values: readonly GraphValue[]) => GraphValue,
): GraphValue {
  const listed = (name: string) => attributes[name] as readonly number[] | undefined;
  const [kernel, strides, dilations, pads] = ["kernel_shape", "strides", "dilations", "pads"].map(listed);
  const axes = x.shape.length - 2;
  const surrounded = x.shape
    .slice(2)
    .reduce<GraphValue>(
      (value, _, axis) => f.padWith(value, axis + 2, pads?.[axis] ?? 0, pads?.[axis + axes] ?? 0, Number.NEGATIVE_INFINITY),
      x,
    );
  const places = (kernel ?? []).reduce<readonly GraphValue[]>(
    (values, size, axis) => {
      const [along, stride, dilation] = [axis + 2, strides?.[axis] ?? 1, dilations?.[axis] ?? 1];
      const room = (surrounded.shape[along] as number) - (size - 1) * dilation - 1;
      const reach = Math.floor(room / stride) * stride + 1;
      return values.flatMap((value) =>
        Array.from({ length: size }, (_, tap) => f.slice(value, along, tap * dilation, tap * dilation + reach, stride)),
      );
    },
    [surrounded],
  );
  return join(places);
}

const largestOf = (values: readonly GraphValue[]) => values.reduce((a, b) => f.maximum(a, b));
const meanOf = (values: readonly GraphValue[]) =>
  f.multiply(
    values.reduce((a, b) => f.add(a, b)),
    1 / values.length,
  );

/** The same product with the matrix restored: (bytes − 128)·scales, padding cut off. */
function decomposedQuantised(x: GraphValue, values: GraphValue, scales: GraphValue): GraphValue {
  const [rows, blocks, size] = values.shape as readonly [number, number, number];
  const levels = f.subtract(f.cast(values, x.dtype), INT8_ZERO);
  const padded = f.reshape(f.multiply(levels, f.reshape(scales, [rows, blocks, 1])), [rows, blocks * size]);
  return f.matmul(x, f.transpose(f.slice(padded, 1, 0, x.shape[x.shape.length - 1] as number), [1, 0]));
}

/**
 * Replaces every `MultiHeadAttention` by matmul, softmax, matmul, every `RotaryEmbedding` by products and sums, every pooling by slices,
 * and every `MatMulNBits` by a product with the matrix that its bytes stand for.
 */
export function decompose(source: Graph): Graph {
  return rewrite(source, {
    rule: (made, inputs) => {
      const [a, b, c] = inputs as readonly [GraphValue, GraphValue, GraphValue];
      const { num_heads: heads, scale, interleaved } = made.attributes as Readonly<Record<string, number>>;
      if (made.op === "MultiHeadAttention") return [decomposedAttention(a, b, c, heads as number, scale as number)];
      if (made.op === "RotaryEmbedding") return [decomposedRotary(a, b, c, heads as number, interleaved !== 0)];
      if (made.op === "MatMulNBits") return [decomposedQuantised(a, b, c)];
      if (made.op === "MaxPool") return [decomposedPooling(a, made.attributes, largestOf)];
      if (made.op === "AveragePool") return [decomposedPooling(a, made.attributes, meanOf)];
      return undefined;
    },
  });
}
