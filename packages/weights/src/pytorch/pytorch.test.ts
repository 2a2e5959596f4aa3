import { readFileSync } from "node:fs";
import { FoleyError, float16ToFloat32, type PlainTensor } from "@foley-control/core";
import { goldenJson, goldenPath } from "@foley-control/golden/node";
import { describe, expect, test } from "vitest";
import {
  dict,
  global,
  int,
  legacyCheckpoint,
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
import {
  type ByteReader,
  type CheckpointValue,
  isDictionary,
  isTensor,
  memoryReader,
  openPytorchReader,
  type PytorchCheckpoint,
} from "../index.js";

interface GoldenTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}
interface GoldenFile {
  readonly container?: string;
  readonly load: "ok" | "refuse" | "no-crash";
  readonly reason?: string;
  readonly content?: Readonly<Record<string, GoldenTensor | { readonly python: string; readonly value: unknown }>> | string;
  readonly opaque?: Readonly<Record<string, string>>;
}

const golden = goldenJson<{ readonly files: Readonly<Record<string, GoldenFile>> }>("metrics/torch-files/torch-files.json");
const bytesOf = (name: string) => new Uint8Array(readFileSync(goldenPath(`metrics/torch-files/${name}`)));
const filesThat = (load: GoldenFile["load"]) => Object.entries(golden.files).filter(([, file]) => file.load === load);

const open = (bytes: Uint8Array, inert: readonly string[] = []) => openPytorchReader(memoryReader(bytes, "file.pt"), { inert });

async function failure(action: Promise<unknown>): Promise<FoleyError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (FoleyError.isInstance(error)) return error;
  throw new Error(`expected a FoleyError, got ${String(error)}`);
}

function at(root: CheckpointValue, path: string): CheckpointValue | undefined {
  let value: CheckpointValue | undefined = root;
  for (const key of path.split("/")) value = isDictionary(value) ? value.get(key) : undefined;
  return value;
}

/** The elements as the golden file writes them. */
function numbersOf({ dtype, data }: PlainTensor): readonly (number | string)[] {
  if (dtype === "float16") return [...float16ToFloat32(data as Uint16Array)];
  if (dtype === "int64") return [...(data as BigInt64Array)].map(String);
  return [...(data as Float32Array)];
}

describe("what torch.save wrote", () => {
  test.each(filesThat("ok"))("%s", async (name, file) => {
    const content = typeof file.content === "string" ? golden.files["zip-mixed.pt"]?.content : file.content;
    const checkpoint = await open(bytesOf(name));
    expect(checkpoint.container).toBe(file.container);
    let tensors = 0;
    for (const [path, wanted] of Object.entries(content as Exclude<GoldenFile["content"], string | undefined>)) {
      // Names of modules have dots, so the path of a state dict is its first part.
      const value = at(checkpoint.root, path);
      if ("python" in wanted) {
        expect(typeof value === "bigint" ? String(value) : value, path).toEqual(wanted.value);
        continue;
      }
      if (!isTensor(value)) throw new Error(`${path} is no tensor`);
      tensors++;
      expect(value.shape, path).toEqual(wanted.shape);
      expect(value.strides, path).toEqual(wanted.stride);
      const read = await checkpoint.read(value);
      expect(read.shape, path).toEqual(wanted.shape);
      const exact = wanted.values.map((number) => (wanted.dtype === "float64" ? Math.fround(number as number) : Number(number)));
      expect(numbersOf(read).map(Number), path).toEqual(exact);
      if (wanted.dtype === "int64") expect(numbersOf(read), path).toEqual(wanted.values.map(String));
    }
    expect(tensors).toBeGreaterThan(0);
    for (const path of Object.keys(file.opaque ?? {})) {
      expect(at(checkpoint.root, path)).toMatchObject({ kind: "object", of: expect.stringMatching(/^numpy\./) });
    }
  });

  test("both containers hold the same", async () => {
    const [zip, legacy] = await Promise.all([open(bytesOf("zip-mixed.pt")), open(bytesOf("legacy-mixed.pth"))]);
    expect(zip.groups()).toEqual(legacy.groups());
    expect(zip.groups()).toEqual([
      { path: ["state_dict"], tensors: 18 },
      { path: ["module"], tensors: 7 },
      { path: ["nested", "a", "b"], tensors: 1 },
    ]);
    for (const { path } of zip.groups()) {
      const [a, b] = await Promise.all([zip.tensors({ at: path }), legacy.tensors({ at: path })]);
      expect([...a.entries.keys()]).toEqual([...b.entries.keys()]);
      for (const name of a.entries.keys()) expect(await a.read(name), name).toEqual(await b.read(name));
    }
  });

  test("NumPy's leftovers stay data", async () => {
    const { root } = await open(bytesOf("zip-numpy.pt"));
    expect(at(root, "metric")).toMatchObject({
      kind: "object",
      of: "numpy.core.multiarray.scalar",
      args: [{ kind: "object", of: "numpy.dtype" }, Uint8Array.of(0xd5, 0x78, 0xe9, 0x26, 0x31, 0x08, 0xdc, 0x3f)],
    });
  });
});

describe("what must be refused", () => {
  test.each(filesThat("refuse"))("%s", async (name, { reason = "" }) => {
    const error = await failure(open(bytesOf(name)));
    expect(["bad-file", "unsupported"]).toContain(error.code);
    expect(error.message).toContain("file.pt");
    const named = /(posix\.system|builtins\.eval|subprocess\.Popen|os\.system)/.exec(reason)?.[0];
    // Protocol 2 writes Python 3's names as Python 2's.
    const written = {
      "builtins.eval": "__builtin__.eval",
      "subprocess.Popen": name.includes("newobj") ? undefined : "commands.Popen",
    };
    if (named !== undefined) expect(error.message).toContain(written[named as keyof typeof written] ?? named);
    if (name.includes("setstate")) expect(error.message).toContain("builtins.getattr");
  });

  test("a list that contains itself", async () => {
    expect((await failure(open(bytesOf("hostile-deep-memo.pt")))).message).toMatch(/contains itself/);
  });

  test("a name may be let through as data, and still nothing runs", async () => {
    const { root } = await open(bytesOf("malicious-os-system.zip.pt"), ["posix.system"]);
    const objects = [...(isDictionary(root) ? root.values() : [])].filter(
      (value) => typeof value === "object" && value !== null && "kind" in value && value.kind === "object",
    );
    expect(objects).toHaveLength(1);
    expect(objects[0]).toMatchObject({ kind: "object", of: "posix.system", args: [expect.stringMatching(/^echo/)] });
  });
});

const floats = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const one = (code: readonly number[]) => pickle(code);

/** As a trainer writes it: two encoders and the state of an optimiser. */
function trainer(): Uint8Array {
  const state = (key: string) =>
    dict({
      "module.backbone.norm.weight": tensor(storage(key, 4), 0, [4], [1]),
      "module.backbone.proj.weight": tensor(storage(key, 4), 0, [2, 2], [1, 2]),
      version: int(3),
    });
  const contents = dict({
    encoder: state("0"),
    opt: dict({ moment: tensor(storage("1", 1000), 0, [1000], [1]) }),
    target_encoder: state("2"),
  });
  return zipCheckpoint(one(contents), { 0: floats(1, 2, 3, 4), 1: new Uint8Array(4000), 2: floats(5, 6, 7, 8) });
}

describe("choosing tensors", () => {
  test("names without their prefixes, other values left out", async () => {
    const checkpoint = await open(trainer());
    const tensors = await checkpoint.tensors({ at: "target_encoder", strip: ["module.", "backbone."] });
    expect([...tensors.entries.keys()]).toEqual(["norm.weight", "proj.weight"]);
    expect((await tensors.read("norm.weight")).data).toEqual(Float32Array.of(5, 6, 7, 8));
    expect((await tensors.read("proj.weight")).data).toEqual(Float32Array.of(5, 7, 6, 8));
    const loaded = await tensors.load();
    expect(loaded.names()).toEqual(["norm.weight", "proj.weight"]);
    expect(loaded.tensor("norm.weight").data).toEqual(Float32Array.of(5, 6, 7, 8));
    expect(loaded.get("proj.weight")?.bytes).toEqual({ kind: "memory", bytes: floats(5, 7, 6, 8) });
    await expect(tensors.read("norm.wieght")).rejects.toMatchObject({ code: "bad-weights" });
  });

  test("what is not chosen is not read", async () => {
    const bytes = trainer();
    const touched = new Uint8Array(bytes.length);
    const inner = memoryReader(bytes);
    const counting: ByteReader = {
      ...inner,
      read: (offset, length) => {
        touched.fill(1, offset, offset + length);
        return inner.read(offset, length);
      },
    };
    const checkpoint = await openPytorchReader(counting);
    const chosen = await checkpoint.tensors({ at: "target_encoder" });
    await chosen.load();
    const { entries: encoder } = await (await open(bytes)).tensors({ at: "encoder" });
    const { entries: moments } = await (await open(bytes)).tensors({ at: "opt" });
    for (const { offset, length } of [...encoder.values(), ...moments.values()]) {
      expect(touched.subarray(offset, offset + length).includes(1)).toBe(false);
    }
  });

  test("a wrong choice names the right ones", async () => {
    const checkpoint = await open(trainer());
    const whole = await failure(checkpoint.tensors());
    expect(whole.code).toBe("bad-weights");
    expect(whole.message).toMatch(/what was saved holds no tensors.*\["encoder"\] \(2\).*\["target_encoder"\] \(2\)/);
    expect((await failure(checkpoint.tensors({ at: "ema" }))).message).toMatch(/"ema" is no dictionary/);
    expect((await failure(checkpoint.tensors({ at: ["opt", "moment"] }))).message).toMatch(/"opt\/moment" is no dictionary/);
    expect((await failure((await open(zipCheckpoint(one(none)))).tensors())).message).toMatch(/no dictionary of tensors at all/);
  });

  test("prefixes that make two names one", async () => {
    const both = dict({ "module.a": tensor(storage("0", 1), 0, [1], [1]), a: tensor(storage("0", 1), 0, [1], [1]) });
    const checkpoint = await open(zipCheckpoint(one(both), { 0: floats(1) }));
    const error = await failure(checkpoint.tensors({ strip: ["module."] }));
    expect(error).toMatchObject({
      code: "bad-weights",
      message: expect.stringMatching(/"a" has the name of another|Both would be "a"/),
    });
  });

  test("a strided tensor is bounded, one in place is not", async () => {
    const repeated = tensor(storage("0", 1), 0, [1 << 14, 1 << 13], [0, 0]);
    const checkpoint = await open(zipCheckpoint(one(dict({ repeated })), { 0: floats(1) }));
    const error = await failure(checkpoint.tensors());
    expect(error).toMatchObject({ code: "unsupported", message: expect.stringMatching(/"repeated".*not row-major.*contiguous/) });
  });
});

const weight = (code = tensor(storage("0", 4), 0, [4], [1])) => one(dict({ weight: code }));
const four = { 0: floats(1, 2, 3, 4) };
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
    const bytes = legacyCheckpoint(one(dict({ ...entries, weight: tensor(storage("0", 4), 0, [4], [1]) })), [["0", 4, four[0]]]);
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
    ["a storage of no tensor", legacyCheckpoint(one(none), [["0", 4, four[0]]]), "bad-file", /"0", which belongs to no tensor/],
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

describe("a pickle that is wrong is refused", () => {
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["no end", pickle(none).subarray(0, 3), /has no end/],
    ["nothing", new Uint8Array(0), /has no end/],
    ["an empty stack", one([]), /takes from an empty stack/],
    ["a mark never set", one([0x74]), /mark that was never set/],
    ["a value never kept", one([0x68, 9]), /recalls the value 9/],
    ["protocol 6", Uint8Array.of(0x80, 6, 0x4e, 0x2e), /protocol 6/],
    ["an unknown opcode", one([0xff]), /opcode 0xff.*at its byte 2/],
    ["an extension", one([0x82, 1]), /opcode 0x82/],
    ["a buffer from outside", one([0x97]), /opcode 0x97/],
    ["text that is none", one([0x58, 1, 0, 0, 0, 0xff]), /not UTF-8/],
    ["a long number", one([0x8b, 0xff, 0xff, 0, 0]), /whole number of 65535 bytes/],
    ["a call of a list", one(reduce(list(), tuple())), /calls something/],
    ["state of a list", one([...list(), 0x4e, 0x62]), /sets the state/],
    ["an odd dictionary", one([0x7d, 0x28, 0x4e, 0x75]), /without a value/],
    [
      "a storage of an unknown type",
      weight(tensor(storage("0", 4, "ComplexFloatStorage"), 0, [1], [1])),
      /"torch.ComplexFloatStorage"/,
    ],
    ["a reference to something else", one([...tuple(text("module")), 0x51]), /no storage/],
    ["one storage as two", one(list(storage("0", 4), storage("0", 5))), /"0" as 4 × F32 and as 5 × F32/],
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
    ["nested a hundred deep", one([...new Array(101).fill(0x5d), ...new Array(100).fill(0x61)]), /100 deep/],
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
    ["a text of 2^60 bytes", () => one([0x8d, 0, 0, 0, 0, 0, 0, 0, 0x10]), /has no end/],
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
  const checkpoint: PytorchCheckpoint = await open(zipCheckpoint(one(code), four));
  const [first, list] = checkpoint.root as readonly CheckpointValue[];
  expect(list).toEqual([2, 1000]);
  if (!isTensor(first)) throw new Error("no tensor");
  expect((await checkpoint.read(first)).data).toEqual(Float32Array.of(1, 2));
});
