/** Every gradient rule against central differences in float64, on random shapes. */
import { createRandom, type GraphNode, type GraphValue, type Random } from "@foley-control/core";
import { afterAll, describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.js";
import { gradientTable } from "./gradients/table.js";
import * as f from "./ops/functions.js";
import { opTable } from "./ops/table.js";
import { differentiate, gradientName } from "./passes/differentiate.js";
import { broadcastable, type CheckedInput, type Fill, gradientError, randomShape } from "./testing/gradient-check.js";
import { unaryRows } from "./testing/gradient-rows.js";
import { convolutionShapes, poolingShapes, transposedConvolutionShapes } from "./testing/op-cases.js";
import { constant, float, graph, input, named, node, nodesOf, parameter } from "./value.js";

const TOLERANCE = 1e-6;
const TRIALS = [1, 2, 3, 4, 5];
const covered = new Set<string>();

/** Runs one check per trial; the shapes come from the trial's own random stream. */
function check(title: string, make: (random: Random, seed: number) => ReturnType<typeof gradientError>, allZero = false) {
  it(title, () => {
    for (const seed of TRIALS) {
      const { error, largest, source } = make(createRandom(seed, title), seed);
      for (const made of nodesOf(source)) covered.add(made.op);
      expect(error, `trial ${seed}`).toBeLessThan(TOLERANCE);
      if (!allZero) expect(largest, `trial ${seed}: the loss does not depend on the inputs`).toBeGreaterThan(0);
    }
  });
}

const positive: Fill = (r) => r.range(0.5, 2);
/** Kinks at 0 and ties between inputs must stay farther away than the step of the differences. */
const awayFromZero: Fill = (r) => (r.chance(0.5) ? 1 : -1) * r.range(0.1, 2);

describe("unary", () => {
  for (const [title, [apply, fill]] of Object.entries(unaryRows)) {
    check(title, (random, seed) =>
      gradientError(seed, [{ shape: randomShape(random, random.integer(1, 4)), ...(fill && { fill }) }], apply),
    );
  }
  it("passes through a cast that rounds as if it did not", () => {
    const x = input("x", [2]);
    const g = graph("rounded", [x], { loss: f.sum(f.multiply(f.cast(f.cast(x, "float16"), "float32"), 3), [0]) });
    expect([...(evaluate(differentiate(g, "loss", ["x"]), { x: [0.1, 2] })[gradientName("x")]?.data ?? [])]).toEqual([3, 3]);
  });
});

describe("binary, broadcasting both ways", () => {
  const rows: Readonly<Record<string, readonly [(a: GraphValue, b: GraphValue) => GraphValue, Fill?]>> = {
    Add: [f.add],
    Sub: [f.subtract],
    Mul: [f.multiply],
    Div: [f.divide, awayFromZero],
    Mod: [(a, b) => f.remainder(a, f.add(b, 10))],
    Pow: [f.power, positive],
    Max: [f.maximum],
    Min: [f.minimum],
    Where: [(a, b) => f.where(f.greater(f.sin(f.add(a, b)), 0.05), a, b)],
  };
  for (const [title, [apply, fill]] of Object.entries(rows)) {
    check(title, (random, seed) => {
      const whole = randomShape(random, 3);
      const shapes = random.chance(0.5)
        ? [whole, broadcastable(random, whole)]
        : [broadcastable(random, whole), broadcastable(random, whole)];
      return gradientError(
        seed,
        shapes.map((shape): CheckedInput => ({ shape, ...(fill && { fill }) })),
        (a, b) => apply(a as GraphValue, b as GraphValue),
      );
    });
  }
  it("gives the gradient of a tie to the first operand of Max and Min", () => {
    for (const apply of [f.maximum, f.minimum]) {
      const [a, b] = [input("a", [2]), input("b", [2])];
      const g = graph("tie", [a, b], { loss: f.sum(apply(a, b), [0]) });
      const result = evaluate(differentiate(g, "loss", ["a", "b"]), { a: [1, 2], b: [1, 2] });
      expect([...(result[gradientName("a")]?.data ?? [])]).toEqual([1, 1]);
      expect([...(result[gradientName("b")]?.data ?? [])]).toEqual([0, 0]);
    }
  });
});

describe("MatMul", () => {
  const shapes: Readonly<
    Record<string, (n: number, k: number, m: number, b: number, c: number) => readonly [number[], number[]]>
  > = {
    "of two matrices": (n, k, m) => [
      [n, k],
      [k, m],
    ],
    "of a batch by a shared matrix": (n, k, m, b, c) => [
      [b, c, n, k],
      [k, m],
    ],
    "of a shared matrix by a batch": (n, k, m, b) => [
      [n, k],
      [b, k, m],
    ],
    "of two batches": (n, k, m, b, c) => [
      [b, c, n, k],
      [b, c, k, m],
    ],
    "of broadcast batches": (n, k, m, b, c) => [
      [b, 1, n, k],
      [c, k, m],
    ],
  };
  for (const [title, make] of Object.entries(shapes)) {
    check(title, (random, seed) => {
      const [n, k, m, b, c] = randomShape(random, 5) as [number, number, number, number, number];
      return gradientError(
        seed,
        make(n, k, m, b, c).map((shape) => ({ shape })),
        (x, y) => f.matmul(x as GraphValue, y as GraphValue),
      );
    });
  }
});

describe("convolutions", () => {
  for (const [title, x, w, options] of convolutionShapes) {
    check(`Conv, ${title}`, (_random, seed) =>
      gradientError(seed, [{ shape: x }, { shape: w }, { shape: [w[0] as number] }], (value, weight, bias) =>
        f.convolution(value as GraphValue, weight as GraphValue, { ...options, bias }),
      ),
    );
  }
  for (const [title, x, window, options] of poolingShapes)
    for (const pool of [f.maxPool, f.averagePool])
      check(`${pool.name}, ${title}`, (_random, seed) =>
        gradientError(seed, [{ shape: x }], (value) => pool(value as GraphValue, window, options)),
      );
  for (const [title, x, w, options] of transposedConvolutionShapes) {
    const channels = (w[1] as number) * (options.groups ?? 1);
    check(`ConvTranspose, ${title}`, (_random, seed) =>
      gradientError(seed, [{ shape: x }, { shape: w }, { shape: [channels] }], (value, weight, bias) =>
        f.transposedConvolution(value as GraphValue, weight as GraphValue, { ...options, bias }),
      ),
    );
  }
});

describe("layout", () => {
  check("Transpose", (random, seed) => {
    const perm = [0, 1, 2, 3].sort(() => random.uniform() - 0.5);
    return gradientError(seed, [{ shape: randomShape(random, 4) }], (x) => node("Transpose", [x], { perm })[0] as GraphValue);
  });
  check("Reshape", (random, seed) => {
    const [a, b, c] = randomShape(random, 3) as [number, number, number];
    return gradientError(seed, [{ shape: [a, b, c] }], (x) => f.reshape(f.exp(x), [1, -1, b]));
  });
  check("Expand", (random, seed) => {
    const whole = randomShape(random, 3);
    return gradientError(seed, [{ shape: broadcastable(random, whole) }], (x) => f.expand(x, [2, ...whole]));
  });
  check("Concat", (random, seed) => {
    const shape = randomShape(random, 3);
    const axis = random.integer(-3, 3);
    const inputs = [1, 2, 3].map((n) => ({ shape: shape.map((size, i) => (i === (axis + 3) % 3 ? n : size)) }));
    return gradientError(seed, inputs, (...parts) => f.concat(parts, axis));
  });
  check("Split, all parts read", (random, seed) => {
    const axis = random.integer(0, 3);
    const shape = randomShape(random, 3).map((size, i) => (i === axis ? 6 : size));
    return gradientError(seed, [{ shape }], (x) => f.split(x, [1, 3, 2], axis).map((part, i) => f.multiply(part, i + 1)));
  });
  check("Split, parts missing", (random, seed) => {
    const keep = random.integer(0, 3);
    return gradientError(seed, [{ shape: [2, 6, 2] }], (x) => f.split(x, [1, 3, 2], 1)[keep] as GraphValue);
  });
  for (const step of [1, 2, 3]) {
    check(`Slice with step ${step}`, (random, seed) => {
      const axis = random.integer(0, 3);
      const size = random.integer(5, 9);
      const start = random.integer(0, 3);
      const shape = randomShape(random, 3).map((n, i) => (i === axis ? size : n));
      return gradientError(seed, [{ shape }], (x) => f.slice(x, axis, start, random.chance(0.5) ? size : size - 1, step));
    });
  }
  check("Slice counted from the end", (_random, seed) =>
    gradientError(seed, [{ shape: [2, 7] }], (x) => f.slice(x, -1, -5, -1, 2)),
  );
  for (const step of [1, 2]) {
    check(
      `Slice of nothing, step ${step}`,
      (_random, seed) => gradientError(seed, [{ shape: [2, 7] }], (x) => f.slice(x, 1, 3, 3, step)),
      true,
    );
  }
  check("Pad", (random, seed) =>
    gradientError(seed, [{ shape: randomShape(random, 3) }], (x) =>
      f.pad(x, random.integer(0, 3), random.integer(0, 3), random.integer(1, 3)),
    ),
  );
  check("Gather with repeated indices", (random, seed) => {
    const axis = random.integer(0, 3);
    const shape = randomShape(random, 3).map((n, i) => (i === axis ? 4 : n));
    const ids = input("ids", [2, 3], random.chance(0.5) ? "int64" : "int32");
    const numbers = [0, 3, 3, 1, 3, 0];
    return gradientError(seed, [{ shape }], (x) => f.gather(x, ids, axis), [{ value: ids, numbers }]);
  });
  check("Gather with negative indices", (_random, seed) => {
    const ids = constant(BigInt64Array.of(-1n, 0n, -3n), [3], "int64");
    return gradientError(seed, [{ shape: [3, 2] }], (x) => f.gather(x, ids));
  });
});

describe("reductions", () => {
  for (const keep of [false, true]) {
    for (const [title, apply] of Object.entries({ Sum: f.sum, Mean: f.mean, Max: f.reduceMax, Min: f.reduceMin })) {
      check(`Reduce${title}, keepdims ${keep ? 1 : 0}`, (random, seed) => {
        const axes = [0, 1, 2, 3].filter(() => random.chance(0.5));
        return gradientError(seed, [{ shape: randomShape(random, 4) }], (x) =>
          apply(f.square(x), axes.length > 0 ? axes : [-1], keep),
        );
      });
    }
  }
});

describe("LayerNormalization", () => {
  for (const bias of [false, true]) {
    check(bias ? "with bias" : "without bias", (random, seed) => {
      const shape = [...randomShape(random, 2), 5];
      const inputs = [{ shape }, { shape: [5] }, ...(bias ? [{ shape: [5] }] : [])];
      return gradientError(seed, inputs, (x, scale, shift) =>
        f.layerNormalization(x as GraphValue, scale as GraphValue, shift, 1e-3),
      );
    });
  }
  check("through the statistics", (random, seed) =>
    gradientError(seed, [{ shape: [...randomShape(random, 2), 5] }, { shape: [5] }], (x, scale) =>
      node("LayerNormalization", [x as GraphValue, scale as GraphValue], { epsilon: 1e-3 }),
    ),
  );
});

describe("MultiHeadAttention", () => {
  check("of its own width and rows", (random, seed) => {
    const [batch, n, m, heads] = [random.integer(1, 3), random.integer(1, 5), random.integer(1, 5), random.integer(1, 3)];
    const inputs = [{ shape: [batch, n, heads * 4] }, { shape: [batch, m, heads * 4] }, { shape: [batch, m, heads * 3] }];
    return gradientError(seed, inputs, (q, k, v) =>
      f.multiHeadAttention(q as GraphValue, k as GraphValue, v as GraphValue, heads, 0.7),
    );
  });
});

describe("RotaryEmbedding", () => {
  check("of a part of each head, both ways of pairing", (random, seed) => {
    const [batch, rows, heads, half] = [random.integer(1, 3), random.integer(1, 4), random.integer(1, 3), random.integer(1, 4)];
    const width = heads * (2 * half + random.integer(0, 3));
    const inputs = [{ shape: [batch, rows, width] }, { shape: [rows, half] }, { shape: [rows, half] }];
    return gradientError(seed, inputs, (x, cos, sin) =>
      f.rotaryEmbedding(x as GraphValue, cos as GraphValue, sin as GraphValue, heads, seed % 2 === 0),
    );
  });
});

describe("differentiate", () => {
  check("adds up a value that is used twice", (random, seed) => {
    const shape = randomShape(random, 2);
    return gradientError(seed, [{ shape }], (x) => f.matmul(f.multiply(f.add(x, f.exp(x)), x), f.transpose(x, [1, 0])));
  });

  it("adds up a parameter that two layers ask for by the same name", () => {
    const x = input("x", [2]);
    const g = graph("shared", [x], { loss: f.sum(f.multiply(f.multiply(x, parameter("w", [2])), parameter("w", [2])), [0]) });
    const result = evaluate(differentiate(g, "loss", ["w"]), { x: [1, 2], w: [3, 5] });
    expect([...(result[gradientName("w")]?.data ?? [])]).toEqual([6, 20]);
  });

  it("stops at detach", () => {
    const x = input("x", [3]);
    const g = graph("stopped", [x], { loss: f.sum(f.multiply(f.detach(x), x), [0]) });
    const result = evaluate(differentiate(g, "loss", ["x"]), { x: [1, 2, 3] });
    expect([...(result[gradientName("x")]?.data ?? [])]).toEqual([1, 2, 3]);
  });

  it("gives zeros behind detach, and an error for what is not there", () => {
    const x = input("x", [3]);
    const g = graph("stopped", [x], { loss: f.sum(f.detach(x), [0]) });
    expect([...(evaluate(differentiate(g, "loss", ["x"]), { x: [1, 2, 3] })[gradientName("x")]?.data ?? [1])]).toEqual([0, 0, 0]);
    expect(() => differentiate(g, "loss", ["y"])).toThrow(/does not read "y"/);
    expect(() => differentiate(g, "nothing", ["x"])).toThrow(/must be a scalar output/);
  });

  it("builds nothing for what is frozen", () => {
    const x = input("x", [2, 3]);
    const hidden = f.matmul(x, parameter("frozen", [3, 4]));
    const g = graph("frozen", [x], { loss: f.sum(f.matmul(hidden, parameter("trained", [4, 1])), [0, 1]) });
    const count = nodesOf(differentiate(g, "loss", ["trained"])).filter((made: GraphNode) => made.op === "MatMul").length;
    expect(count).toBe(3);
  });

  it("differentiates a gradient once more", () => {
    // f(x) = Σ x³: f' = 3x², and Σ f' gives 6x.
    const x = input("x", [3]);
    const first = differentiate(graph("cube", [x], { loss: f.sum(f.multiply(x, f.square(x)), [0]) }), "loss", ["x"]);
    const g = graph("twice", [x], { loss: f.sum(first.outputs[gradientName("x")] as GraphValue, [0]) });
    const result = evaluate(differentiate(g, "loss", ["x"]), { x: [1, 2, 3] });
    expect([...(result[gradientName("x")]?.data ?? [])]).toEqual([6, 12, 18]);
  });

  it("gives the gradient by a labelled value", () => {
    const x = input("x", [2]);
    const g = graph("label", [x], { loss: f.sum(f.multiply(named(f.square(x), "middle"), float([2, 3])), [0]) });
    const result = evaluate(differentiate(g, "loss", ["middle", "x"]), { x: [5, 7] });
    expect([...(result[gradientName("middle")]?.data ?? [])]).toEqual([2, 3]);
    expect([...(result[gradientName("x")]?.data ?? [])]).toEqual([20, 42]);
  });
});

describe("the tables", () => {
  it("have the same rows", () => {
    expect(Object.keys(gradientTable).sort()).toEqual(Object.keys(opTable).sort());
  });
});

afterAll(() => {
  const missing = Object.keys(gradientTable).filter((op) => gradientTable[op] && !covered.has(op));
  expect(missing, "ops with a gradient rule that no check above covers").toEqual([]);
});
