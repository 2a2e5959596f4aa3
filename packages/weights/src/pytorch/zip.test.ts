import { describe, expect, test } from "vitest";
import { zipCheckpoint, zipFile } from "../../fixtures/torch-file.js";
import { failure, floats, four, open, trainer, weight } from "./pytorch.test-support.js";

const contents = { name: "a/data.pkl", bytes: weight() };
const data = { name: "a/data/0", bytes: four[0] };

describe("an archive that is wrong is refused", () => {
  test.each<readonly [string, Uint8Array, string, RegExp]>([
    ["compressed", zipFile([{ ...contents, method: 8 }, data]), "unsupported", /"a\/data.pkl" is compressed \(method 8\)/],
    ["encrypted", zipFile([contents, { ...data, flags: 0x809 }]), "unsupported", /"a\/data\/0" is encrypted/],
    [
      "a path that leaves",
      zipFile([contents, data, { name: "a/../../x", bytes: floats(1) }]),
      "bad-file",
      /name "a\/\.\.\/\.\.\/x"/,
    ],
    ["an absolute path", zipFile([contents, data, { name: "/etc/x", bytes: floats(1) }]), "bad-file", /name "\/etc\/x"/],
    ["a backslash", zipFile([contents, data, { name: "a\\x", bytes: floats(1) }]), "bad-file", /name "a\\\\x"/],
    ["a name twice", zipFile([contents, data, data]), "bad-file", /two members named "a\/data\/0"/],
    ["two pickles", zipFile([contents, data, { ...contents, name: "b/data.pkl" }]), "bad-file", /2 members named/],
    ["no pickle", zipFile([data]), "bad-file", /0 members named \*\/data\.pkl/],
    ["overlap", zipFile([contents, { ...data, sizeInDirectory: 4000 }, { ...data, name: "a/data/1" }]), "bad-file", /overlaps/],
    ["beyond the end", zipFile([contents, { ...data, sizeInDirectory: 2 ** 31 }]), "bad-file", /2147483648 bytes overlaps/],
    [
      "a header elsewhere",
      zipFile([{ ...contents, headerInDirectory: 7 }, data]),
      "bad-file",
      /no header of "a\/data.pkl" at offset 7/,
    ],
    ["a comment", zipFile([contents, data], { comment: [1, 2, 3] }), "bad-file", /do not end with the directory/],
    ["bytes in front", Uint8Array.of(0x50, ...zipFile([contents, data])), "bad-file", /ZIP64 end record/],
    ["bytes behind", Uint8Array.of(...zipFile([contents, data]), 0), "bad-file", /do not end with the directory/],
    ["a storage too short", zipCheckpoint(weight(), { 0: floats(1, 2, 3) }), "bad-file", /"0" has 12 bytes, 16 bytes are needed/],
    ["a storage missing", zipCheckpoint(weight(), {}), "bad-file", /"0" is missing/],
    ["big-endian", zipCheckpoint(weight(), four, "big"), "unsupported", /byte order "big"/],
    ["a program", zipFile([contents, data, { name: "a/constants.pkl", bytes: floats(1) }]), "unsupported", /TorchScript/],
    ["empty", new Uint8Array(0), "bad-file", /the 0 bytes do not end/],
  ])("%s", async (_, bytes, code, message) => {
    const error = await failure(open(bytes));
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  test("with and without ZIP64, any root", async () => {
    for (const zip64 of [true, false]) {
      const { entries, read } = await (await open(zipFile([contents, data], { zip64 }))).tensors();
      expect((await read("weight")).data).toEqual(Float32Array.of(1, 2, 3, 4));
      expect((entries.get("weight")?.offset ?? 1) % 64).toBe(0);
    }
  });

  test("every cut", async () => {
    const whole = trainer();
    for (let length = 0; length < whole.length; length += 13) {
      expect((await failure(open(whole.subarray(0, length)))).code).toBe("bad-file");
    }
  });
});
