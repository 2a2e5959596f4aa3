import { expect, test } from "vitest";
import type { GoldenCase } from "./case.js";
import { compare, compareAll, misses } from "./compare.js";
import { cut, numbers } from "./numbers.js";

const of = (...values: number[]) => numbers(values);

test("both limits must hold, where they are stated", () => {
  const near = (limits: { maxAbs?: number; relL2?: number }) => compare("y", of(3, 4.5), of(3, 4), limits);
  expect(near({ maxAbs: 0.5, relL2: 0.1 })).toMatchObject({ maxAbs: 0.5, relL2: 0.1, passed: true });
  expect(near({ maxAbs: 0.4, relL2: 0.1 }).passed).toBe(false);
  expect(near({ maxAbs: 0.5, relL2: 0.09 }).passed).toBe(false);
  expect(near({ relL2: 0.1 }).passed).toBe(true);
  expect(near({}).reason).toMatch(/no tolerance/);
});

test("other lengths, what is not finite, and any difference from nothing miss", () => {
  const limits = { maxAbs: 1e9, relL2: 1e9 };
  expect(compare("y", of(1, 2), of(1), limits)).toMatchObject({ passed: false, reason: "shape [2], expected [1]" });
  expect(compare("y", of(1, Number.NaN), of(1, 2), limits)).toMatchObject({
    passed: false,
    reason: "element 1 is NaN, expected 2",
  });
  expect(compare("y", of(Number.NaN), of(Number.NaN), limits).passed).toBe(true);
  expect(compare("y", of(0, 1e-9), of(0, 0), limits).passed).toBe(false);
});

test("a part per axis, and of all elements in order", () => {
  const whole = { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) };
  const rows = [
    [1, 2, 1],
    [0, 3, 2],
  ] as const;
  expect(cut(whole, rows)).toEqual({ shape: [1, 2], data: Float64Array.of(3, 5) });
  expect(cut(whole, { kind: "flat", offset: 1, stride: 2 }).data).toEqual(Float32Array.of(1, 3, 5));
  expect(cut(whole, undefined)).toBe(whole);
});

test("every output of a case, its own limits before the general ones; what is not computed misses", () => {
  const stored: Readonly<Record<string, readonly number[]>> = { "out.a": [1], "out.b.0": [1], c: [0, 2] };
  const golden = {
    file: {
      outputs: {
        a: { shape: [1] },
        "b.0": { shape: [1] },
        c: { shape: [4], slice: { kind: "flat", offset: 0, stride: 2 } },
        d: {},
      },
      tolerance: { maxAbs: 0.1, b: { maxAbs: 1 } },
    },
    has: (key: string) => key in stored,
    stored: (key: string) => numbers(stored[key] ?? []),
  } as unknown as GoldenCase;
  const computed = { a: of(1.5), "b.0": of(1.5), c: of(0, 1, 2, 3) };
  expect(misses(compareAll(golden, computed))).toEqual(["a: maxAbs 0.5, relL2 0.5", "d: not computed"]);
  expect(misses(compareAll(golden, computed, ["b.0", "c"]))).toEqual([]);
});
