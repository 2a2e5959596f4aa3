import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoleyError, memoryParameters, type PlainTensor } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dict, legacyCheckpoint, pickle, storage, tensor, text } from "../../fixtures/torch-file.js";
import { assertNoNaN } from "../check.js";
import { checkParameters, writeSafetensors } from "../index.js";
import { checkWeights, openCheckpoint, openPytorch, readParameter, writeSafetensorsFile } from "../node.js";
import { openCheckpoint as openInPage } from "../web.js";

const golden = (name: string) => goldenPath(`metrics/torch-files/${name}`);
const vector = (...values: readonly number[]): PlainTensor => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-checkpoint-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a PyTorch checkpoint on disk", () => {
  test.each(["zip-mixed.pt", "legacy-mixed.pth"])("parameters are ranges of it: %s", async (name) => {
    const path = golden(name);
    const checkpoint = await openPytorch(path);
    const module = await checkpoint.tensors({ at: "module", strip: ["conv."] });
    expect(module.names().slice(0, 3)).toEqual(["weight", "bias", "bn.weight"]);
    const bias = module.get("bias");
    if (bias?.bytes.kind !== "file") throw new Error("not in place");
    expect(bias).toMatchObject({ dtype: "float32", shape: [3], bytes: { path, length: 12 } });
    const raw = await readFile(path);
    expect(raw.readFloatLE(bias.bytes.offset)).toBe(-0.03448588401079178);
    expect((await readParameter(module, "bias")).data).toEqual((await module.read("bias")).data);

    const state = await checkpoint.tensors({ at: "state_dict" });
    const kinds = Object.fromEntries(state.names().map((key) => [key, state.get(key)?.bytes.kind]));
    expect(kinds).toMatchObject({
      f32: "file",
      f16: "file",
      i64: "file",
      bf16: "made",
      f64: "made",
      strided: "made",
      expanded: "made",
    });
    for (const key of state.names()) expect((await readParameter(state, key)).data, key).toEqual((await state.read(key)).data);
  });

  test("what is converted is converted for who asks, and nothing of it stays", async () => {
    const state = await (await openPytorch(golden("zip-mixed.pt"))).tensors({ at: "state_dict" });
    const stored = state.get("bf16");
    if (stored?.bytes.kind !== "made") throw new Error("not made");
    const [one, other] = [stored.bytes.make(), stored.bytes.make()];
    expect(one.buffer).not.toBe(other.buffer);
    expect(one).toEqual(other);
    expect(stored).toMatchObject({ dtype: "float32", bytes: { length: one.byteLength } });
  });

  test("at whatever place its bytes lie", async () => {
    const elements = new Uint8Array(Float32Array.of(10, 20, 1, 2, 3, 4, 5, 6).buffer);
    const made = (note: string) => {
      const [weight, bias] = [tensor(storage("0", 8), 2, [2, 3], [3, 1]), tensor(storage("0", 8), 0, [2], [1])];
      const contents = pickle(dict({ "up.weight": weight, "up.bias": bias, note: text(note) }));
      return legacyCheckpoint(contents, [["0", 8, elements]]);
    };
    // The elements are the last thing in the file; one of two lengths puts them at an odd place.
    const file = made("").length % 4 === 0 ? made("x") : made("");
    const path = join(folder, "odd.pth");
    await writeFile(path, file);
    const weights = await openCheckpoint(path);
    const stored = weights.get("up.weight");
    if (stored?.bytes.kind !== "file") throw new Error("not in place");
    expect(stored.bytes.offset % 4).not.toBe(0);
    expect(await readParameter(weights, "up.weight")).toEqual({
      dtype: "float32",
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect((await weights.read("up.bias")).data).toEqual(Float32Array.of(10, 20));
  });

  test("values beside the tensors", async () => {
    const { root, groups, read } = await openPytorch(golden("zip-mixed.pt"));
    expect(root).toBeInstanceOf(Map);
    expect((root as ReadonlyMap<string, unknown>).get("epoch")).toBe(15);
    expect(groups()[0]).toEqual({ path: ["state_dict"], tensors: 18 });
    const nested = ["nested", "a", "b", "c"].reduce<unknown>((value, key) => (value as Map<string, unknown>).get(key), root);
    expect((await read(nested as Parameters<typeof read>[0])).data).toEqual(
      Float32Array.of(0.8733769655227661, -0.6060991287231445),
    );
  });
});

describe("a checkpoint of any format", () => {
  const tensors = { "model.a": vector(1, 2), "model.b": vector(3) };

  test("by its contents, not its name", async () => {
    const path = join(folder, "weights.bin");
    await writeSafetensorsFile(path, tensors);
    const plain = await openCheckpoint(path, { strip: ["model."] });
    expect(plain).toMatchObject({ format: "safetensors", path });
    expect(plain.names()).toEqual(["a", "b"]);
    expect((await plain.read("b")).data).toEqual(Float32Array.of(3));
    expect((await openCheckpoint(golden("zip-mixed.pt"), { at: "module" })).format).toBe("pytorch");
    expect((await openCheckpoint(golden("legacy-flat.pth"))).names()).toContain("bn.running_var");
    await expect(openCheckpoint(path, { at: "model" })).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("in a page", async () => {
    const bytes = new Uint8Array(await readFile(golden("legacy-flat.pth")));
    const lazy = await openInPage(new Blob([bytes]), { strip: ["bn."] });
    const loaded = await lazy.load();
    expect(loaded.names()).toContain("running_var");
    expect(loaded.tensor("conv.bias")).toEqual(await lazy.read("conv.bias"));
    const plain = await openInPage(writeSafetensors(tensors), { strip: ["model."] });
    expect((await plain.load()).tensor("a").data).toEqual(Float32Array.of(1, 2));
  });

  test("several files with an index", async () => {
    const place = join(folder, "shards");
    await mkdir(place);
    const index = join(place, "model.safetensors.index.json");
    const map = (entries: Readonly<Record<string, string>>) =>
      writeFile(index, JSON.stringify({ metadata: {}, weight_map: entries }));
    await writeSafetensorsFile(join(place, "one.safetensors"), { "model.a": vector(1, 2), "model.c": vector(9) });
    await writeSafetensorsFile(join(place, "two.safetensors"), { "model.b": vector(3) });
    await map({ "model.a": "one.safetensors", "model.b": "two.safetensors" });
    const file = await openCheckpoint(index, { strip: ["model."] });
    expect(file).toMatchObject({ format: "safetensors-index", path: index });
    expect(file.names()).toEqual(["a", "b"]);
    expect((await readParameter(file, "a")).data).toEqual(Float32Array.of(1, 2));
    expect((await file.read("b")).data).toEqual(Float32Array.of(3));
    expect(file.get("b")?.bytes).toMatchObject({ kind: "file", path: join(place, "two.safetensors") });

    await map({ "model.a": "two.safetensors" });
    await expect(openCheckpoint(index)).rejects.toThrow(/two.safetensors has no tensor "model.a"/);
    for (const outside of ["../weights.bin", "/etc/passwd", "..", "a\\b", "c:x", ""]) {
      await map({ a: outside });
      await expect(openCheckpoint(index)).rejects.toThrow(/no file of the same folder/);
    }
    await writeFile(index, '{"weight_map": 1}');
    await expect(openCheckpoint(index)).rejects.toThrow(/no "weight_map"/);
    await writeFile(index, '{"weight_map": ');
    await expect(openCheckpoint(index)).rejects.toThrow(/is no JSON/);
  });

  test.each<readonly [string, Uint8Array | string, string, RegExp]>([
    ["tar", Buffer.concat([Buffer.alloc(257), Buffer.from("ustar\0")]), "unsupported", /tar file, as torch before/],
    ["a pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1", "bad-file", /Git LFS/],
    ["text", "hello", "bad-file", /5 bytes, beginning with 68 65 6c 6c 6f/],
    ["nothing", "", "bad-file", /beginning with nothing/],
    ["2 GB of header", Uint8Array.of(0, 0, 0, 0x80, 0, 0, 0, 0, 0x7b, 0x7d), "bad-file", /header of 2147483648 bytes/],
    ["an archive cut short", "PK\u0003\u0004", "bad-file", /cut short/],
  ])("refuses %s", async (name, contents, code, message) => {
    const path = join(folder, name);
    await writeFile(path, contents);
    const error: unknown = await openCheckpoint(path).catch((reason: unknown) => reason);
    if (!FoleyError.isInstance(error)) throw error;
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });
});

describe("checks", () => {
  const source = memoryParameters({ a: vector(1, 2), b: vector(3), pos_embed: vector(4) });

  test("missing, unknown and mis-shaped parameters in one error", () => {
    const expected = [
      { name: "a", shape: [2], dtypes: ["float32", "float16"] as const },
      { name: "b", shape: [1] },
    ];
    expect(() => checkParameters(source, expected, { ignore: ["pos_embed"] })).not.toThrow();
    expect(() => checkParameters(source, expected, { ignore: "all" })).not.toThrow();
    expect(() => checkParameters(source, expected)).toThrow(/^The weights: 1 unknown \("pos_embed"\)/);
    const wrong = [
      { name: "a", shape: [1, 2] },
      { name: "b", shape: [1], dtypes: ["int64"] as const },
      ...["c", "d", "e", "f", "g", "h"].map((name) => ({ name, shape: [1] })),
    ];
    expect(() => checkParameters(source, wrong, { label: "x.pt", ignore: "all" })).toThrow(
      /^x\.pt: 6 missing \("c", "d", "e", "f", "g", …\); 2 different \("a" is \[2\], expected \[1, 2\]; "b" is float32, expected int64\)\./,
    );
  });

  test("NaN by name and place; infinity passes", async () => {
    expect(() => assertNoNaN("half", { dtype: "float16", shape: [2], data: Uint16Array.of(0x7c00, 0x7e00) })).toThrow(
      /"half" of shape \[2\] holds NaN at element 1/,
    );
    expect(() => assertNoNaN("ids", { dtype: "int64", shape: [1], data: BigInt64Array.of(1n) })).not.toThrow();
    expect(() => assertNoNaN("mask", vector(Number.NEGATIVE_INFINITY, 0))).not.toThrow();
    await checkWeights(golden("legacy-flat.pth"));
    const path = join(folder, "nan.safetensors");
    await writeSafetensorsFile(path, { good: vector(1), "blocks.3.weight": vector(1, 2, Number.NaN) });
    await expect(checkWeights(path)).rejects.toMatchObject({
      code: "bad-weights",
      message: expect.stringMatching(/"blocks.3.weight" of shape \[3\] holds NaN at element 2/),
    });
    await expect(checkWeights(path, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});
