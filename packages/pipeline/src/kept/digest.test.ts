import { memoryParameters } from "@foley-control/core";
import { graph, input, ops, parameter } from "@foley-control/graph";
import { expect, it } from "vitest";
import { digestGraph, digestOf, digestWeights } from "./digest.js";
import { windowBytes, windowOf } from "./entry.js";

it("tells parts by where one ends and the next begins", async () => {
  const names = await Promise.all([digestOf(["ab", "c"]), digestOf(["a", "bc"]), digestOf(["abc"]), digestOf([])]);
  expect(new Set(names).size).toBe(4);
  expect(names.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
});

const weights = (change?: number) => {
  const data = Float32Array.from({ length: 1000 }, (_, i) => (i === change ? 7 : i));
  return memoryParameters({ w: { dtype: "float32", shape: [10, 100], data } });
};

it("tells weights by every number, and large ones in files by stretches of them", async () => {
  const none = await digestWeights(weights(), undefined);
  expect(await digestWeights(weights(), undefined)).toBe(none);
  expect(await digestWeights(weights(999), undefined)).not.toBe(none);
  const file = (fill: number) => {
    const asked: (readonly [number, number])[] = [];
    const stored = { dtype: "uint8", shape: [1e9], bytes: { kind: "file", path: "w", offset: 8, length: 1e9 } } as const;
    const source = { names: () => ["w"], get: () => stored };
    const read = async (_path: string, stretches: readonly (readonly [number, number])[]) => {
      asked.push(...stretches);
      return stretches.map(([, length]) => new Uint8Array(length).fill(fill));
    };
    return { asked, digest: digestWeights(source, read) };
  };
  const [one, other] = [file(1), file(2)];
  expect(await one.digest).not.toBe(await other.digest);
  expect(one.asked).toHaveLength(16);
  expect(one.asked.at(-1)).toEqual([8 + 1e9 - 4096, 4096]);
  await expect(
    digestWeights(
      { ...weights(), get: () => ({ dtype: "uint8", shape: [1], bytes: { kind: "file", path: "w", offset: 0, length: 1 } }) },
      undefined,
    ),
  ).rejects.toThrow(/nothing reads files/);
});

it("tells graphs by what they compute, not by when they were made", async () => {
  const made = (axis: number, factor: number, flipped = false) => {
    const x = input("x", [2, 2]);
    const y = ops.multiply(x, factor);
    const z = ops.mean(ops.matmul(y, parameter("w", [2, 2])), [axis]);
    return digestGraph(graph("g", [x], { out: flipped ? ops.subtract(y, z) : ops.subtract(z, y) }));
  };
  const names = await Promise.all([made(1, 2), made(0, 2), made(1, 3), made(1, 2, true)]);
  expect(new Set(names).size).toBe(4);
  expect(await made(1, 2)).toBe(names[0]);
});

it("a window comes back as it was, and not at all when a bit of it is another", async () => {
  const window = {
    latents: { dtype: "float32", shape: [1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    channels: [Float32Array.of(0.1, 0.2), Float32Array.of(0.3, 0.4)],
    branches: ["none", "full"],
  } as const;
  const bytes = await windowBytes(window);
  expect(await windowOf(bytes)).toEqual(window);
  expect(await windowOf(new Uint8Array([0, ...bytes]).subarray(1))).toEqual(window);
  for (const at of [0, 5, 40, bytes.length - 1]) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] as number) ^ 1;
    expect(await windowOf(damaged)).toBeUndefined();
  }
  for (const length of [0, 3, 40, bytes.length - 1]) expect(await windowOf(bytes.subarray(0, length))).toBeUndefined();
});
