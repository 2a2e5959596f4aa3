import { expect, it } from "vitest";
import { shown } from "./shown.js";

it("says what a value is, in a few words, whatever its size", () => {
  const values = [
    undefined,
    null,
    3,
    2n,
    Number.NaN,
    true,
    "a",
    [1, [2]],
    [1, 2],
    new Float32Array(9),
    new ArrayBuffer(2),
    new Map(),
    () => 1,
  ];
  expect(values.map((one) => shown(one))).toEqual([
    "undefined",
    "null",
    "3",
    "2",
    "NaN",
    "true",
    '"a"',
    "a list of 2",
    "[1,2]",
    "a Float32Array of 9 values",
    "an ArrayBuffer",
    "a Map",
    "a function",
  ]);
  expect(shown({})).toBe("an object");
  expect(shown({ a: [1], b: 2, c: 3, d: 4, e: 5 })).toBe("an object with a, b, c, d, …");
  expect(shown(Promise.resolve(1))).toBe("a promise");
  expect(shown("x".repeat(1e6)).length).toBeLessThan(90);
  expect(shown(new Uint8Array(3))).toBe("a Uint8Array of 3 values");
  expect(shown(new Int16Array(3))).toBe("an Int16Array of 3 values");
});
