import { spawn } from "node:child_process";
import { chmod, link, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  appendLines,
  assertWritable,
  makeBeside,
  makeTemporaryFolder,
  withFolderLock,
  writeFileAtomically,
  writeJsonFile,
} from "./node.js";

let base = "";
let folder = "";
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-files-"));
});
beforeEach(async () => {
  folder = await mkdtemp(join(base, "case-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);
const text = (path: string) => readFile(path, "utf8");
async function refusal(work: Promise<unknown>): Promise<FoleyError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!FoleyError.isInstance(error)) throw new Error(`expected a FoleyError, got ${String(error)}`);
  return error;
}

describe("a file is whole", () => {
  it("after bytes, a text, a value, and pieces in any order", async () => {
    await writeFileAtomically(at("bytes"), Uint8Array.of(1, 2));
    expect([...(await readFile(at("bytes")))]).toEqual([1, 2]);
    await writeFileAtomically(at("bytes"), "ä");
    expect(await text(at("bytes"))).toBe("ä");
    await writeJsonFile(at("value.json"), { a: [1] });
    expect(await text(at("value.json"))).toBe('{\n  "a": [\n    1\n  ]\n}\n');
    await writeFileAtomically(at("pieces"), async (writer) => {
      await writer.write(Buffer.from("cd"), 2);
      await writer.write(Buffer.from("ef"));
      await writer.write(Buffer.from("ab"), 0);
      await writer.write(Buffer.from("gh"));
    });
    expect(await text(at("pieces"))).toBe("abcdefgh");
    expect((await readdir(folder)).sort()).toEqual(["bytes", "pieces", "value.json"]);
  });
  it("or as it was, after an error, an abort or a refusal, with nothing left behind", async () => {
    await writeFile(at("out"), "old");
    await mkdir(at("taken"));
    const half = async (writer: { write(data: Uint8Array): Promise<void> }) => {
      await writer.write(new Uint8Array(100));
      throw new Error("half-way");
    };
    await expect(writeFileAtomically(at("out"), half)).rejects.toThrow("half-way");
    const controller = new AbortController();
    const stopped = writeFileAtomically(
      at("out"),
      async (writer) => {
        await writer.write(new Uint8Array(100));
        controller.abort(new Error("stopped"));
        await writer.write(new Uint8Array(100));
      },
      { signal: controller.signal },
    );
    await expect(stopped).rejects.toThrow("stopped");
    await expect(writeFileAtomically(at("out"), "new", { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow(
      "before",
    );
    expect((await refusal(writeFileAtomically(at("taken"), "new"))).message).toMatch(/it is a folder/);
    expect((await readdir(folder)).sort()).toEqual(["out", "taken"]);
    expect(await text(at("out"))).toBe("old");
  });
  it("what a writer meets elsewhere is not said of the file that it writes", async () => {
    await expect(writeFileAtomically(at("out"), () => readFile(at("none")).then(() => undefined))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
  it.skipIf(process.platform === "win32")(
    "what a killed process left is swept away by the next; what a living one makes stays",
    async () => {
      const script = fileURLToPath(new URL("write-file.test-support.ts", import.meta.url));
      const child = spawn(process.execPath, ["--conditions=@foley-control/source", "--import", "tsx", script, at("out")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      // Another folder name makes this process look again.
      await symlink(folder, join(base, "same"));
      await makeBeside(at("x"), async () => undefined);
      expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.out\.\d+-.*\.partial$/)]);
      child.kill("SIGKILL");
      await ended;
      // A folder that it made, too.
      const [left = ""] = await readdir(folder);
      await mkdir(at(left.replace(".out.", ".foley."), "deep"), { recursive: true });
      await makeBeside(join(base, "same", "x"), async () => undefined);
      expect(await readdir(folder)).toEqual([]);
    },
  );
});

describe("what was there", () => {
  it.skipIf(process.platform === "win32")("hands on its permissions", async () => {
    await writeFile(at("secret"), "old");
    await chmod(at("secret"), 0o640);
    await writeFileAtomically(at("secret"), "new");
    expect((await stat(at("secret"))).mode & 0o777).toBe(0o640);
    await chmod(at("secret"), 0o777);
    await writeFileAtomically(at("secret"), "new");
    expect((await stat(at("secret"))).mode & 0o777).toBe(0o777);
  });
  it.skipIf(process.platform === "win32")("stays a link, to a file that is there or will be", async () => {
    await mkdir(at("far"));
    await writeFile(at("far", "target"), "old");
    await symlink(join("far", "target"), at("link"));
    await symlink("link", at("twice"));
    await symlink(join("far", "later"), at("dangling"));
    await writeFileAtomically(at("twice"), "new");
    await writeFileAtomically(at("dangling"), "later");
    expect([await text(at("far", "target")), await text(at("far", "later"))]).toEqual(["new", "later"]);
    for (const name of ["link", "twice", "dangling"]) expect((await lstat(at(name))).isSymbolicLink()).toBe(true);
    await symlink("round", at("round"));
    await writeFileAtomically(at("round"), "a file now");
    expect(await text(at("round"))).toBe("a file now");
  });
  it.skipIf(process.platform === "win32")("is never an input, nor a device", async () => {
    await writeFile(at("input"), "precious");
    await link(at("input"), at("same"));
    await symlink("input", at("way"));
    for (const name of ["input", "same", "way"])
      expect((await refusal(writeFileAtomically(at(name), "new", { inputs: [at("input")] }))).message).toMatch(/is the input/);
    await writeFileAtomically(at("other"), "new", { inputs: [at("input"), at("none")] });
    expect(await text(at("input"))).toBe("precious");
    expect((await refusal(writeFileAtomically("/dev/null", "new"))).message).toMatch(/not a regular file/);
  });
});

describe("places that refuse", () => {
  it("a missing folder, unless it is to be made", async () => {
    const { code, message } = await refusal(writeFileAtomically(at("no", "out"), "new"));
    expect([code, message]).toEqual([
      "not-writable",
      expect.stringMatching(/out" cannot be written: the folder ".*no" does not exist/),
    ]);
    await writeFileAtomically(at("no", "matter", "out"), "new", { makeFolder: true });
    expect(await text(at("no", "matter", "out"))).toBe("new");
    const within = await refusal(
      writeFileAtomically(at("no", "matter", "out", "x"), "", { makeFolder: true, hint: "Look there." }),
    );
    expect(within.message).toMatch(/cannot be written: .* Look there\./);
  });
  it("a name of 255 bytes is one, a longer one is none", async () => {
    await writeFileAtomically(at("n".repeat(255)), "new");
    expect((await refusal(writeFileAtomically(at("n".repeat(256)), "new"))).message).toMatch(/the name is too long/);
  });
  it("before long work, too", async () => {
    expect((await refusal(assertWritable("/proc/out.mp4"))).code).toBe("not-writable");
    await writeFile(at("input"), "precious");
    expect((await refusal(assertWritable(at("input"), [at("input")]))).message).toMatch(/is the input/);
    await assertWritable(at("input"));
    expect(await readdir(folder)).toEqual(["input"]);
  });
  it.skipIf(process.platform === "win32")("a folder that may only be read", async () => {
    for (const path of [base, folder]) await chmod(path, 0o555);
    // The superuser may write anywhere, so that it becomes nobody for a while.
    const isSuperuser = process.geteuid?.() === 0;
    if (isSuperuser) process.seteuid?.(65_534);
    try {
      const works = [
        () => writeFileAtomically(at("out"), ""),
        () => assertWritable(at("out")),
        () => appendLines(at("out"), ["line"]),
        () => withFolderLock(at("run"), async () => undefined),
        () => withFolderLock(folder, async () => undefined),
      ];
      for (const work of works) expect((await refusal(work())).message).toMatch(/cannot be written: there is no permission/);
    } finally {
      if (isSuperuser) process.seteuid?.(0);
      await chmod(base, 0o755);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

it("a temporary folder is this user's alone, and named so that the next process can tell whose it was", async () => {
  const made = [await makeTemporaryFolder(), await makeTemporaryFolder()];
  expect(new Set(made).size).toBe(2);
  for (const path of made) {
    expect(path).toMatch(new RegExp(`\\.foley\\.${process.pid}-[0-9a-f]{8}-[0-9a-f]{12}\\.partial$`));
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o700);
    await rm(path, { recursive: true });
  }
});
