import { FoleyError, type PlainTensor } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { decodeEntry } from "./decode.js";
import { memoryReader, openSafetensorsReader, parseSafetensors, writeSafetensors } from "./index.js";

/** A file from its header and the number of its data bytes. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function failure(action: () => unknown): FoleyError {
  try {
    action();
  } catch (error) {
    if (FoleyError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("expected an error");
}

const tensors: Record<string, PlainTensor> = {
  flag: { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
  weight: { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 2, 3, -4, 0.5, Number.MIN_VALUE) },
  half: { dtype: "float16", shape: [1, 3], data: Uint16Array.of(0x3c00, 0xc000, 0x7bff) },
  count: { dtype: "int64", shape: [], data: BigInt64Array.of(-(2n ** 62n)) },
  index: { dtype: "int32", shape: [2], data: Int32Array.of(-1, 7) },
  small: { dtype: "int8", shape: [1], data: Int8Array.of(-128) },
  pixel: { dtype: "uint8", shape: [2], data: Uint8Array.of(0, 255) },
  "empty ✓": { dtype: "float32", shape: [0, 4], data: new Float32Array(0) },
};

describe("round trip", () => {
  test("every dtype, scalars, empty tensors, metadata", () => {
    const bytes = writeSafetensors(tensors, { note: 'a "quoted" ✓ line\n', config: "{}" });
    const read = parseSafetensors(bytes);
    expect(new Set(read.names())).toEqual(new Set(Object.keys(tensors)));
    for (const [name, tensor] of Object.entries(tensors)) expect(read.tensor(name)).toEqual(tensor);
    expect(read.metadata).toEqual({ note: 'a "quoted" ✓ line\n', config: "{}" });
    expect(writeSafetensors(tensors, { note: 'a "quoted" ✓ line\n', config: "{}" })).toEqual(bytes);
  });

  test("each tensor lies aligned to its element, the data to eight bytes", () => {
    const read = parseSafetensors(writeSafetensors(tensors));
    const size = { F32: 4, F16: 2, I64: 8, I32: 4 } as Record<string, number>;
    for (const entry of read.entries.values()) expect(entry.offset % (size[entry.dtype] ?? 1)).toBe(0);
  });

  test("reads at an odd address by copying", () => {
    const bytes = writeSafetensors(tensors);
    const odd = new Uint8Array(bytes.length + 1).subarray(1);
    odd.set(bytes);
    expect(parseSafetensors(odd).tensor("weight")).toEqual(tensors["weight"]);
  });

  test("lazily, one tensor at a time", async () => {
    const bytes = writeSafetensors(tensors);
    const inner = memoryReader(bytes);
    let bytesRead = 0;
    const lazy = await openSafetensorsReader({
      ...inner,
      read: async (offset, length) => {
        bytesRead += length;
        return inner.read(offset, length);
      },
    });
    const headerBytes = bytesRead;
    expect(await lazy.read("weight")).toEqual(tensors["weight"]);
    expect(bytesRead - headerBytes).toBe(24);
    await expect(lazy.read("wieght")).rejects.toThrow(/no tensor "wieght".*It has 8/s);
    expect((await lazy.load()).tensor("half")).toEqual(tensors["half"]);
  });

  test("types that no runtime has are converted", () => {
    const bytes = file(
      { a: { dtype: "BF16", shape: [2], data_offsets: [0, 4] }, b: { dtype: "F64", shape: [1], data_offsets: [4, 12] } },
      12,
    );
    const at = bytes.length - 12;
    new DataView(bytes.buffer).setUint16(at, 0x3f80, true);
    new DataView(bytes.buffer).setUint16(at + 2, 0xc040, true);
    new DataView(bytes.buffer).setFloat64(at + 4, Math.PI, true);
    const read = parseSafetensors(bytes);
    expect(read.tensor("a").data).toEqual(Float32Array.of(1, -3));
    expect(read.get("b")?.dtype).toBe("float32");
    expect(read.tensor("b").data).toEqual(Float32Array.of(Math.PI));
    const eight = file({ x: { dtype: "F8_E4M3", shape: [1], data_offsets: [0, 1] } }, 1);
    expect(failure(() => parseSafetensors(eight).tensor("x"))).toMatchObject({ code: "unsupported" });
  });
});

describe("a header that is wrong is refused, by name", () => {
  const entry = (shape: unknown, range: unknown, dtype: unknown = "F32") => ({ dtype, shape, data_offsets: range });
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["empty file", new Uint8Array(0), /has 0 bytes/],
    ["seven bytes", new Uint8Array(7), /has 7 bytes/],
    [
      "header beyond 100 MB",
      Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0x7b, 0x7d),
      /offset 0 it announces a header of 4294967296 bytes, the limit is 100000000/,
    ],
    ["length of 2^64-1", new Uint8Array(16).fill(255), /18446744073709551615/],
    ["header longer than the file", Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b), /cut short/],
    ["no object", file("[]", 0), /does not begin with "\{"/],
    ["leading space", file(" {}", 0), /does not begin/],
    ["broken JSON", file('{"a":', 0), /is no JSON/],
    ["a million brackets", file(`{"a":${"[".repeat(1e6)}`, 0), /nested 1000001 deep/],
    ["millions of values", file(`{"a":[${"0,".repeat(2 ** 21)}0]}`, 0), /more than 2097152 values/],
    ["a hundred thousand axes", file({ a: entry(new Array(1e5).fill(1), [0, 4]) }, 4), /has the shape a list of 100000/],
    ["broken UTF-8", file("{}", 0).fill(0xff, 9, 10), /not valid UTF-8 JSON/],
    ["tensor is a number", file({ a: 1 }, 0), /"a" is described by number/],
    ["unknown dtype", file({ a: entry([1], [0, 4], "F31") }, 4), /"a" has the unknown dtype "F31"/],
    ["inherited dtype", file({ a: entry([1], [0, 4], "toString") }, 4), /unknown dtype/],
    ["negative size", file({ a: entry([-1], [0, 4]) }, 4), /"a" has the shape \[-1\]/],
    ["fractional size", file({ a: entry([0.5], [0, 2]) }, 2), /"a" has the shape/],
    ["three offsets", file({ a: entry([1], [0, 4, 8]) }, 8), /"a" has the data_offsets/],
    ["reversed offsets", file({ a: entry([1], [4, 0]) }, 4), /"a" lies at data offsets 4 to 0/],
    ["beyond the end", file({ a: entry([2], [0, 8]) }, 4), /"a" lies at data offsets 0 to 8, but there are 4 bytes/],
    ["shape and length disagree", file({ a: entry([3], [0, 8]) }, 8), /"a" of shape \[3\] and dtype F32 needs 12 bytes/],
    ["overflowing shape", file({ a: entry([2 ** 52, 2 ** 52], [0, 4]) }, 4), /"a" of shape/],
    ["overlap", file({ a: entry([2], [0, 8]), b: entry([2], [4, 12]) }, 12), /"b" at offset \d+ overlaps/],
    ["hole", file({ a: entry([1], [0, 4]), b: entry([1], [8, 12]) }, 12), /"b" at offset \d+ leaves a hole/],
    ["bytes left over", file({ a: entry([1], [0, 4]) }, 5), /tensors end at offset \d+, but the file has/],
    ["unknown field", file({ a: { ...entry([1], [0, 4]), strides: [1] } }, 4), /"a" has the unknown field "strides"/],
    [
      "same name twice",
      file(`{"a":${JSON.stringify(entry([0], [0, 0]))},"\\u0061":${JSON.stringify(entry([1], [0, 4]))}}`, 4),
      /names "a" twice/,
    ],
    ["metadata of numbers", file({ __metadata__: { epoch: 3 } }, 0), /"epoch" is number, expected a string/],
    ["metadata list", file({ __metadata__: [] }, 0), /"__metadata__" is not an object/],
  ];
  test.each(cases)("%s", (_, bytes, message) => {
    const error = failure(() => parseSafetensors(bytes, { label: "model.safetensors" }));
    expect(error.code).toBe("bad-file");
    expect(error.message).toMatch(message);
    expect(error.message).toContain("model.safetensors");
  });

  test("mutated files parse or fail with bad-file, never otherwise", () => {
    const original = writeSafetensors(tensors, { note: "x" });
    const headerBytes = 8 + Number(new DataView(original.buffer).getBigUint64(0, true));
    let state = 12345; // a fixed sequence: a linear congruential generator is random enough to pick bytes
    const next = (limit: number): number => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) % limit;
    const interesting = [...'{}[]":,0123456789-.eE\\ \u0000'].map((c) => c.charCodeAt(0)).concat([0xff, 0x80]);
    let parsed = 0;
    let refused = 0;
    for (let round = 0; round < 4000; round++) {
      const bytes = original.slice(0, next(8) === 0 ? next(original.length) : original.length);
      for (let change = next(3) + (bytes.length === original.length ? 1 : 0); change > 0 && bytes.length > 0; change--) {
        const at = next(Math.min(headerBytes, bytes.length));
        bytes[at] = next(2) === 0 ? next(256) : (interesting[next(interesting.length)] as number);
      }
      try {
        const read = parseSafetensors(bytes);
        for (const name of read.names()) {
          const found = read.entries.get(name);
          expect((found?.offset ?? 0) + (found?.length ?? 0)).toBeLessThanOrEqual(bytes.length);
          try {
            read.tensor(name);
          } catch (error) {
            expect(error).toMatchObject({ code: "unsupported" });
          }
        }
        parsed++;
      } catch (error) {
        if (!FoleyError.isInstance(error) || error.code !== "bad-file") throw error;
        expect(error.message).toMatch(/offset|"|bytes/);
        refused++;
      }
    }
    expect(parsed).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(2000);
  }, 20_000);
});

describe("writing refuses", () => {
  test.each<readonly [string, () => unknown, RegExp]>([
    [
      "a shape that does not fit",
      () => writeSafetensors({ a: { dtype: "float32", shape: [2], data: new Float32Array(3) } }),
      /"a" of shape \[2\] needs 2 elements, got 3/,
    ],
    [
      "data of another type",
      () => writeSafetensors({ a: { dtype: "float16", shape: [2], data: new Float32Array(2) } }),
      /is not a Uint16Array/,
    ],
    [
      "a name used twice",
      () =>
        writeSafetensors([
          ["a", tensors["flag"] as PlainTensor],
          ["a", tensors["flag"] as PlainTensor],
        ]),
      /used twice/,
    ],
    ["a reserved name", () => writeSafetensors({ ["__metadata__"]: tensors["flag"] as PlainTensor }), /reserved/],
    ["metadata that is no string", () => writeSafetensors({}, { a: 1 as unknown as string }), /metadata.a is number/],
  ])("%s", (_, action, message) => {
    const error = failure(action);
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toMatch(message);
  });
});

test("every bfloat16 is widened exactly: its bits are the upper half of a float32's", () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const entry = { name: "x", dtype: "BF16", shape: [65536], offset: 0, length: 131072 } as const;
  const { dtype, data } = decodeEntry(entry, new Uint8Array(bits.buffer));
  expect(dtype).toBe("float32");
  expect(Uint16Array.from(new Uint32Array(data.buffer), (word) => word >>> 16)).toEqual(bits);
  expect(new Uint32Array(data.buffer).every((word) => (word & 0xffff) === 0)).toBe(true);
});
