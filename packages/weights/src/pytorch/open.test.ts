/** Files that torch.save wrote, some of them hostile: what each holds, or why it is refused. */
import { readFileSync } from "node:fs";
import { float16ToFloat32, type PlainTensor } from "@foley-control/core";
import { goldenJson, goldenPath } from "@foley-control/golden/node";
import { describe, expect, test } from "vitest";
import { type CheckpointValue, isDictionary, isTensor } from "../index.js";
import { failure, open } from "./pytorch.test-support.js";

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
