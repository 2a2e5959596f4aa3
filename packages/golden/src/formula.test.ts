import { describe, expect, test } from "vitest";
import { formula, formulaWeights, seedOf } from "./formula.js";
import { goldenJson } from "./node/cases.js";

/** The formula once more, in exact whole numbers of any size. */
function byHand(name: string, i: number, { seed, amp, offset }: { seed: number; amp: number; offset: number }): number {
  const mask = 0xffffffffn;
  let crc = mask;
  for (const byte of Buffer.from(name)) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xedb88320n : crc >> 1n;
  }
  let h = ((crc ^ mask ^ BigInt(seed)) + BigInt(i)) & mask;
  h = ((h ^ (h >> 16n)) * 0x7feb352dn) & mask;
  h = ((h ^ (h >> 15n)) * 0x846ca68bn) & mask;
  h ^= h >> 16n;
  return Math.fround(Math.fround((Number(h >> 8n) / 2 ** 23 - 1) * amp) + offset);
}

test.each([1, 7, 2 ** 31 - 1])("seed %i, at the beginning and far behind", (seed) => {
  const entry = { shape: [5], amp: 0.75, offset: 0.25 };
  const made = (first: number) => [...formula("größe.weight", entry, seed, first)];
  for (const first of [0, 24_576_000])
    expect(made(first)).toEqual([0, 1, 2, 3, 4].map((i) => byHand("größe.weight", first + i, { seed, ...entry })));
});

test("the bits that the reference made", () => {
  interface Row {
    readonly name: string;
    readonly seed: number;
    readonly amp: number;
    readonly offset: number;
    readonly firstIndex: number;
    readonly value: readonly number[];
  }
  for (const { name, seed, firstIndex, value, ...row } of goldenJson<{ readonly rows: readonly Row[] }>(
    "sao/formula-selftest.json",
  ).rows)
    expect([...formula(name, { ...row, shape: [value.length] }, seed, firstIndex)]).toEqual(value);
});

describe("a table of weights", () => {
  const entry = { shape: [3], amp: 0.5, offset: 0 };

  test("takes the case's seed, or an entry's own, and lists as they are", () => {
    const found = formulaWeights({
      caseSeed: 9,
      weights: { a: entry, b: { ...entry, seed: 4 }, c: { shape: [2], values: [1.5, -2] }, d: { shape: [1] } as never },
    });
    expect(Object.keys(found)).toEqual(["a", "b", "c"]);
    expect([...(found["a"]?.data ?? [])]).toEqual([0, 1, 2].map((i) => byHand("a", i, { seed: 9, ...entry })));
    expect([...(found["b"]?.data ?? [])]).toEqual([0, 1, 2].map((i) => byHand("b", i, { seed: 4, ...entry })));
    expect(found["c"]).toEqual({ dtype: "float32", shape: [2], data: Float32Array.of(1.5, -2) });
  });

  test("without any seed, or without a table, is an error", () => {
    expect(() => formulaWeights({ weights: { a: entry } })).toThrow('Neither "a" nor its case states a seed.');
    expect(() => formulaWeights({ caseSeed: 1, weights: "in checkpoint" })).toThrow(/no table/);
    expect(seedOf("a", { seed: 0 }, { caseSeed: 3 })).toBe(0);
  });
});
