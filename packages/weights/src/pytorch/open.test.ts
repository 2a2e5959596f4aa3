/** Files that torch.save wrote, some of them hostile: why each is refused. What the others hold is checked by the golden cases. */
import { readFileSync } from "node:fs";
import { goldenJson, goldenPath } from "@foley-control/golden/node";
import { describe, expect, test } from "vitest";
import { type CheckpointValue, isDictionary } from "../index.js";
import { failure, open } from "./pytorch.test-support.js";

interface GoldenFile {
  readonly load: "ok" | "refuse" | "no-crash";
  readonly reason?: string;
}

const golden = goldenJson<{ readonly files: Readonly<Record<string, GoldenFile>> }>("metrics/torch-files/torch-files.json");
const bytesOf = (name: string) => new Uint8Array(readFileSync(goldenPath(`metrics/torch-files/${name}`)));
const refused = Object.entries(golden.files).filter(([, { load }]) => load === "refuse");

function at(root: CheckpointValue, path: string): CheckpointValue | undefined {
  let value: CheckpointValue | undefined = root;
  for (const key of path.split("/")) value = isDictionary(value) ? value.get(key) : undefined;
  return value;
}

describe("what torch.save wrote", () => {
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
  test.each(refused)("%s", async (name, { reason = "" }) => {
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
