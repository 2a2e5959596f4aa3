/**
 * The numeric self-test: a small network with the ops that generation lives on, run on the device and compared with the float64
 * interpreter of `@foley-control/graph`. Forty-eight rows of attention are no accident: fused attention kernels are known to go
 * silently wrong from 32 query rows on adapters with small subgroups.
 */
import { normalArray } from "@foley-control/core";
import { evaluate, float, graph, input, ops, toOnnx } from "@foley-control/graph";
import type { Canary } from "./protocol.js";

const rows = 48;
const width = 32;
const heads = 2;

/** Largest |difference| to float64 that passes; the outputs are of size 1. float32 on a CPU is at about 1e-6. */
export const selfTestTolerance = 2e-3;

const numbers = (count: number, stream: string): Float32Array => normalArray(20260101, ["runtime", "self-test", stream], count);

/** Inputs, network and exact numbers; made once, deterministic. */
export function makeCanary(): Canary {
  const weight = (rowsOf: number, columns: number, stream: string) =>
    float(
      numbers(rowsOf * columns, stream).map((value) => value / Math.sqrt(rowsOf)),
      [rowsOf, columns],
    );
  const x = input("x", [1, rows, width]);
  const normed = ops.layerNormalization(x, float(numbers(width, "scale")), float(numbers(width, "bias")));
  const [q, k, v] = ops.split(ops.matmul(normed, weight(width, 3 * width, "qkv")), [width, width, width], -1);
  if (!q || !k || !v) throw new RangeError("split into three gives three");
  const attended = ops.multiHeadAttention(q, k, v, heads, 1 / Math.sqrt(width / heads));
  const hidden = ops.gelu(ops.matmul(attended, weight(width, 2 * width, "up")));
  const mixed = ops.multiply(ops.silu(hidden), ops.tanh(hidden));
  const outputs = {
    attention: attended,
    feedForward: ops.add(x, ops.matmul(mixed, weight(2 * width, width, "down"))),
    softmax: ops.softmax(ops.matmul(q, ops.transposeLast(k))),
    erf: ops.erf(x),
    waves: ops.add(ops.sin(x), ops.cos(x)),
    norm: ops.sqrt(ops.mean(ops.square(x), [-1])),
  };
  const feeds = { x: { shape: [1, rows, width], data: numbers(rows * width, "x") } };
  return canaryOf(graph("self-test", [x], outputs), feeds, selfTestTolerance);
}

/** A product in float16: that it runs, and is right to float16's precision, tells that the device computes in it. */
export function makeFloat16Canary(): Canary {
  const x = input("x", [8, width]);
  const y = input("y", [width, 8]);
  const product = ops.cast(ops.matmul(ops.cast(x, "float16"), ops.cast(y, "float16")), "float32");
  const feeds = {
    x: { shape: [8, width], data: numbers(8 * width, "half-x") },
    y: { shape: [width, 8], data: numbers(8 * width, "half-y") },
  };
  return canaryOf(graph("float16-test", [x, y], { product }), feeds, 5e-2);
}

function canaryOf(
  network: ReturnType<typeof graph>,
  feeds: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>,
  tolerance: number,
): Canary {
  const exact = evaluate(network, Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data])));
  return {
    model: toOnnx(network),
    inputs: Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, { dtype: "float32" as const, ...feed }])),
    expected: Object.fromEntries(Object.entries(exact).map(([name, { data }]) => [name, Float64Array.from(data)])),
    tolerance,
  };
}
