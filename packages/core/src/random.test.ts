import { describe, expect, it } from "vitest";
import { FoleyError } from "./errors.js";
import { createRandom, normalArray, philox4x32, uniformArray } from "./random.js";

describe("philox4x32", () => {
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)("gives the known answer of Random123 for counter %j", (counter, key, expected) => {
    expect(philox4x32(counter, key)).toEqual(expected);
  });
});

describe("createRandom", () => {
  it("repeats itself, and differs by seed, stream name, part type and part boundaries", () => {
    const first = (...args: Parameters<typeof createRandom>): number => createRandom(...args).uniform();
    expect(first(7, "a")).toBe(first(7n, "a"));
    const all = [
      first(7),
      first(8),
      first(-7),
      first(7n + (1n << 32n)),
      first(7, "a"),
      first(7, "b"),
      first(7, 1),
      first(7, "1"),
      first(7, "ab"),
      first(7, "a", "b"),
      first(7, ""),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("hashes stream names as FNV-1a, 64 bits", () => {
    // Independent: the definition in BigInt over the documented bytes of the part "é", number 2.
    let hash = 0xcbf29ce484222325n;
    for (const byte of [0x73, 1, 0, 0, 0, 0xe9, 0, 0x6e, 1, 0, 0, 0, 0x32, 0]) {
      hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
    }
    const block = philox4x32([0, 0, Number(hash & 0xffffffffn), Number(hash >> 32n)], [5, 1]);
    const random = createRandom((1n << 32n) + 5n, "é", 2);
    expect(block.map((word) => word / 2 ** 32)).toEqual(Array.from({ length: 4 }, () => random.uniform()));
  });

  it("forks by name, whatever was drawn before", () => {
    const parent = createRandom(3, "train");
    const before = parent.fork("step", 1).uniform();
    parent.normal();
    expect(parent.fork("step", 1).uniform()).toBe(before);
    expect(createRandom(3, "train", "step", 1).uniform()).toBe(before);
    expect(() => parent.fork()).toThrow(FoleyError);
  });

  it("keeps within its ranges", () => {
    const random = createRandom(1, "ranges");
    const seen = new Set<number>();
    let hits = 0;
    for (let i = 0; i < 10000; i++) {
      const value = random.range(-2, 3);
      expect(value >= -2 && value < 3).toBe(true);
      seen.add(random.integer(-1, 3));
      if (random.chance(0.25)) hits++;
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
    expect(Math.abs(hits - 2500)).toBeLessThan(5 * Math.sqrt(10000 * 0.25 * 0.75));
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
    expect(["x", "y"]).toContain(random.pick(["x", "y"]));
  });

  it("refuses what it cannot use", () => {
    const random = createRandom(1);
    expect(() => createRandom(1.5)).toThrow(/safe integer/);
    expect(() => createRandom(Number.NaN)).toThrow(FoleyError);
    expect(() => createRandom(1, Number.NaN)).toThrow(/not finite/);
    expect(() => random.pick([])).toThrow(FoleyError);
    expect(() => random.integer(3, 3)).toThrow(FoleyError);
    expect(() => random.range(0, Number.POSITIVE_INFINITY)).toThrow(FoleyError);
    expect(() => random.chance(1.1)).toThrow(FoleyError);
    expect(() => normalArray(1, [], -1)).toThrow(FoleyError);
  });
});

describe("normalArray and uniformArray", () => {
  it("are the sequential stream, rounded to float32", () => {
    const random = createRandom(11, "x", 4);
    expect([...normalArray(11, ["x", 4], 9)]).toEqual(Array.from({ length: 9 }, () => Math.fround(random.normal())));
    expect(normalArray(11, ["x"], 0)).toHaveLength(0);
    const bits = createRandom(11, "x", 4);
    const expected = Array.from({ length: 9 }, () => Math.floor(bits.uniform() * 2 ** 24) / 2 ** 24);
    expect([...uniformArray(11, ["x", 4], 9)]).toEqual(expected);
  });

  it("have the moments and the lag-1 correlation of the standard normal (5 standard errors)", () => {
    const count = 1 << 20;
    const x = normalArray(2024n, ["moments"], count);
    const sums = [0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const v = x[i] as number;
      sums[0] = (sums[0] as number) + v;
      sums[1] = (sums[1] as number) + v * v;
      sums[2] = (sums[2] as number) + v ** 3;
      sums[3] = (sums[3] as number) + v ** 4;
      sums[4] = (sums[4] as number) + v * (x[(i + 1) % count] as number);
    }
    // E and the standard deviation of x, x², x³, x⁴, x·x'.
    const laws = [
      [0, 1],
      [1, Math.sqrt(2)],
      [0, Math.sqrt(15)],
      [3, Math.sqrt(96)],
      [0, 1],
    ] as const;
    laws.forEach(([mean, deviation], i) => {
      expect(Math.abs((sums[i] as number) / count - mean)).toBeLessThan((5 * deviation) / Math.sqrt(count));
    });
  });

  it("pins bits, so that a change of engine or code that alters results is noticed", () => {
    expect([...new Uint32Array(normalArray(0, ["pin"], 6).buffer)]).toMatchInlineSnapshot(`
      [
        3206066795,
        1066887900,
        3215149342,
        1068958560,
        1064637080,
        3177434120,
      ]
    `);
  });
});
