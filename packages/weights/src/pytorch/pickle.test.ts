import { describe, expect, test } from "vitest";
import {
  global,
  int,
  list,
  none,
  pickle,
  reduce,
  storage,
  tensor,
  text,
  tuple,
  zipCheckpoint,
  zipFile,
} from "../../fixtures/torch-file.js";
import { type CheckpointValue, isTensor, type PytorchCheckpoint } from "../index.js";
import { failure, four, open, weight } from "./pytorch.test-support.js";

describe("a pickle that is wrong is refused", () => {
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["no end", pickle(none).subarray(0, 3), /has no end/],
    ["nothing", new Uint8Array(0), /has no end/],
    ["an empty stack", pickle([]), /takes from an empty stack/],
    ["a mark never set", pickle([0x74]), /mark that was never set/],
    ["a value never kept", pickle([0x68, 9]), /recalls the value 9/],
    ["protocol 6", Uint8Array.of(0x80, 6, 0x4e, 0x2e), /protocol 6/],
    ["an unknown opcode", pickle([0xff]), /opcode 0xff.*at its byte 2/],
    ["an extension", pickle([0x82, 1]), /opcode 0x82/],
    ["a buffer from outside", pickle([0x97]), /opcode 0x97/],
    ["text that is none", pickle([0x58, 1, 0, 0, 0, 0xff]), /not UTF-8/],
    ["a long number", pickle([0x8b, 0xff, 0xff, 0, 0]), /whole number of 65535 bytes/],
    ["a call of a list", pickle(reduce(list(), tuple())), /calls something/],
    ["state of a list", pickle([...list(), 0x4e, 0x62]), /sets the state/],
    ["an odd dictionary", pickle([0x7d, 0x28, 0x4e, 0x75]), /without a value/],
    [
      "a storage of an unknown type",
      weight(tensor(storage("0", 4, "ComplexFloatStorage"), 0, [1], [1])),
      /"torch.ComplexFloatStorage"/,
    ],
    ["a reference to something else", pickle([...tuple(text("module")), 0x51]), /no storage/],
    ["one storage as two", pickle(list(storage("0", 4), storage("0", 5))), /"0" as 4 × F32 and as 5 × F32/],
    ["a tensor beyond its storage", weight(tensor(storage("0", 4), 1, [4], [1])), /does not fit its storage "0" of 4/],
    ["strides beyond the storage", weight(tensor(storage("0", 4), 0, [2, 2], [3, 1])), /does not fit its storage/],
    ["a start beyond the storage", weight(tensor(storage("0", 4), 5, [0], [1])), /does not fit its storage/],
    ["negative sizes", weight(tensor(storage("0", 4), 0, [-1], [1])), /a shape that is no list/],
    ["negative strides", weight(tensor(storage("0", 4), 3, [2], [-1])), /strides that is no list/],
    ["too few strides", weight(tensor(storage("0", 4), 0, [2, 2], [1])), /shape \[2,2\] with strides \[1\]/],
    [
      "too many elements",
      weight(tensor(storage("0", 4), 0, new Array(4).fill(2 ** 30), [0, 0, 0, 0])),
      /with strides \[0,0,0,0\]/,
    ],
    ["too many axes", weight(tensor(storage("0", 4), 0, new Array(33).fill(1), new Array(33).fill(1))), /at most 32/],
    ["a tensor of nothing", weight(tensor(list(), 0, [1], [1])), /without a storage/],
    ["nested a hundred deep", pickle([...new Array(101).fill(0x5d), ...new Array(100).fill(0x61)]), /100 deep/],
  ];
  test.each(cases)("%s", async (_, bytes, message) => {
    const error = await failure(open(zipCheckpoint(bytes, four)));
    expect(error.message).toMatch(message);
  });

  /** Bytes that repeat an opcode, with something before and after. */
  const repeated = (opcode: readonly number[], times: number, before: readonly number[] = [], after: readonly number[] = []) => {
    const bytes = new Uint8Array(2 + before.length + opcode.length * times + after.length + 1);
    bytes.set([0x80, 4, ...before]);
    const body = bytes.subarray(2 + before.length, bytes.length - after.length - 1);
    body.set(opcode);
    for (let done = opcode.length; done < body.length; done *= 2) body.copyWithin(done, 0, done);
    bytes.set([...after, 0x2e], bytes.length - after.length - 1);
    return bytes;
  };
  const doubling = [0x28, ...new Array(20).fill([0x68, 0, 0x68, 0]).flat(), 0x6c, 0x71, 0];
  const million = 1_000_000;

  test.each<readonly [string, () => Uint8Array, RegExp]>([
    ["millions of lists", () => repeated([0x5d], 4 * million), /more than 134217728 bytes of memory/],
    ["millions of dictionaries", () => repeated([0x7d], 4 * million), /bytes of memory/],
    ["millions of marks", () => repeated([0x28], 4 * million), /bytes of memory/],
    ["lists of lists of lists, each twenty times", () => repeated(doubling, 60, [0x5d, 0x71, 0]), /repeats itself/],
    ["memory at every index", () => repeated([0x94], 8 * million, [0x4e]), /bytes of memory/],
    [
      "a copy of a long list, again and again",
      () => repeated([0x68, 1, 0x68, 0, 0x85, 0x52, 0x30], 100_000, pairs(10_000)),
      /bytes of memory/,
    ],
    ["a text of 2^60 bytes", () => pickle([0x8d, 0, 0, 0, 0, 0, 0, 0, 0x10]), /has no end/],
    ["a pickle of 20 MB", () => repeated([0x4e, 0x30], 10 * million), /at most 16777216 are accepted/],
  ])(
    "%s: bounded time and memory",
    async (_, make, message) => {
      // Without the slow builder of archives, whose bytes are numbers in a list.
      const bytes = make();
      const member = zipFile([{ name: "a/data.pkl", bytes: new Uint8Array(0) }], { zip64: false });
      const whole = new Uint8Array(member.length + bytes.length);
      const dataAt = 64;
      whole.set(member.subarray(0, dataAt));
      whole.set(bytes, dataAt);
      whole.set(member.subarray(dataAt), dataAt + bytes.length);
      const view = new DataView(whole.buffer);
      const end = whole.length - 22;
      const directory = view.getUint32(end + 16, true) + bytes.length;
      view.setUint32(end + 16, directory, true);
      for (const size of [20, 24]) view.setUint32(directory + size, bytes.length, true);
      // Time of the processor, so that a busy machine does not matter.
      const started = process.cpuUsage();
      expect((await failure(open(whole))).message).toMatch(message);
      expect(process.cpuUsage(started).user / 1e6).toBeLessThan(10);
    },
    600_000,
  );

  /** A list of pairs in memory 0 and the ordered dictionary in memory 1. */
  function pairs(count: number): readonly number[] {
    const pair = [...tuple(int(1), none)];
    return [...list(...new Array(count).fill(pair)), 0x71, 0, ...global("collections", "OrderedDict"), 0x71, 1];
  }
});

test("old and new opcodes give the same values", async () => {
  const line = (opcode: string, value: string) => [opcode.charCodeAt(0), ...new TextEncoder().encode(`${value}\n`)];
  const code = list(
    line("I", "-12"),
    line("I", "01"),
    line("L", "12345678901234567890L"),
    line("F", "-2.5e3"),
    line("S", "'quoted'"),
    line("V", "text"),
    [0x55, 2, 0x61, 0x62],
    [0x55, 1, 0xff],
    [0x8a, 0],
    [0x8a, 1, 0xff],
    [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    [0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
    [0x8c, 3, 0xe2, 0x9c, 0x93],
    [0x43, 2, 1, 2],
    [0x28, 0x4b, 1, 0x4b, 2, 0x91],
    [0x8f, 0x28, 0x4b, 1, 0x90],
    [0x28, ...text("k"), 0x4d, 0, 1, 0x64],
    [...text("collections"), ...text("OrderedDict"), 0x93, 0x29, 0x81],
    [0x4b, 7, 0x32, 0x86],
  );
  const { root } = await open(zipCheckpoint(Uint8Array.of(0x80, 5, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, ...code, 0x2e)));
  expect(root).toEqual([
    -12,
    true,
    12345678901234567890n,
    -2500,
    "quoted",
    "text",
    "ab",
    Uint8Array.of(0xff),
    0,
    -1,
    2n ** 64n,
    1.5,
    "✓",
    Uint8Array.of(1, 2),
    [1, 2],
    [1],
    new Map([["k", 256]]),
    new Map(),
    [7, 7],
  ]);
});

test("what was checked cannot be changed afterwards", async () => {
  // The list of sizes is kept in memory 5, and appended to after the tensor was made of it.
  const sizes = [0x5d, 0x71, 5, 0x4b, 2, 0x61];
  const made = reduce(
    global("torch._utils", "_rebuild_tensor_v2"),
    tuple(storage("0", 4), int(0), sizes, tuple(int(1)), [0x89], none),
  );
  const code = [0x28, ...made, 0x68, 5, ...int(1000), 0x61, 0x74];
  const checkpoint: PytorchCheckpoint = await open(zipCheckpoint(pickle(code), four));
  const [first, list] = checkpoint.root as readonly CheckpointValue[];
  expect(list).toEqual([2, 1000]);
  if (!isTensor(first)) throw new Error("no tensor");
  expect((await checkpoint.read(first)).data).toEqual(Float32Array.of(1, 2));
});
