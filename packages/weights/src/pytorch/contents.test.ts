import { describe, expect, test } from "vitest";
import { dict, int, legacyCheckpoint, none, pickle, storage, tensor, text } from "../../fixtures/torch-file.js";
import { failure, four, open, weight } from "./pytorch.test-support.js";

describe("the old container", () => {
  const right = legacyCheckpoint(weight(), [["0", 4, four[0]]]);

  test("is read", async () => {
    const checkpoint = await open(right);
    expect(checkpoint.container).toBe("legacy");
    expect((await (await checkpoint.tensors()).read("weight")).data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test("a pickle longer than what is read at first", async () => {
    const entries = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`tensor ${i} with a long name`, text("x".repeat(50))]),
    );
    const bytes = legacyCheckpoint(pickle(dict({ ...entries, weight: tensor(storage("0", 4), 0, [4], [1]) })), [
      ["0", 4, four[0]],
    ]);
    expect(bytes.length).toBeGreaterThan(200_000);
    expect((await (await (await open(bytes)).tensors()).read("weight")).data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test.each<readonly [string, Uint8Array, string, RegExp]>([
    ["big-endian", legacyCheckpoint(weight(), [["0", 4, four[0]]], false), "unsupported", /little_endian false/],
    ["cut short", right.subarray(0, -1), "bad-file", /is cut short: its storages end at/],
    ["longer", Uint8Array.of(...right, 0), "bad-file", /bytes left over/],
    ["a storage missing", legacyCheckpoint(weight()), "bad-file", /"0" is missing/],
    [
      "a storage twice",
      legacyCheckpoint(weight(), [
        ["0", 4, four[0]],
        ["0", 4, four[0]],
      ]),
      "bad-file",
      /"0".*was there before/,
    ], // prettier-ignore
    [
      "a storage of no tensor",
      legacyCheckpoint(pickle(none), [["0", 4, four[0]]]),
      "bad-file",
      /"0", which belongs to no tensor/,
    ],
    ["a plain pickle", pickle(dict({ a: int(1) })), "bad-file", /not one that torch.save wrote/],
    ["another version", Uint8Array.of(...right.subarray(0, 15), ...pickle(int(1002))), "bad-file", /version 1002/],
  ])("%s", async (_, bytes, code, message) => {
    const error = await failure(open(bytes));
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  test("a storage that announces another length", async () => {
    const checkpoint = await open(legacyCheckpoint(weight(), [["0", 5, four[0]]]));
    expect((await failure(checkpoint.tensors())).message).toMatch(/announces 5 elements, the pickle 4/);
  });
});
