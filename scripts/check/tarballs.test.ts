/** What is wrong with a packed package is found; a package as ours are has nothing. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lintTarball, wrongTypes } from "./tarballs.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "foley-tarballs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of a tarball: its header, which has the sum of its own bytes, and its content in whole blocks. */
function tarEntry(path: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => value.toString(8).padStart(length, "0");
  header.write(`package/${path}`, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(text.length, 11), 124);
  header.write("        0ustar", 148);
  header.write("00", 263);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
  );
  return Buffer.concat([header, Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);
}

/** Packs a package of a module with types; `more` are other files in their place. */
function packed(entry: object, more: Readonly<Record<string, string>> = {}): string {
  const manifest = { name: "packed", version: "1.0.0", license: "MIT", type: "module", exports: { ".": entry } };
  const files = {
    "package.json": JSON.stringify(manifest),
    "index.js": "export const one = 1;\n",
    "index.d.ts": "export declare const one: number;\n",
    ...more,
  };
  const path = join(folder, "packed-1.0.0.tgz");
  const entries = Object.entries(files).map(([name, text]) => tarEntry(name, text));
  writeFileSync(path, gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)])));
  return path;
}

const good = { types: "./index.d.ts", import: "./index.js" };

test("nothing of a module with its types", async () => {
  expect(await lintTarball(packed(good))).toEqual([]);
  expect(await wrongTypes(packed(good))).toEqual([]);
});

test("an entry that is not there, and conditions in the wrong order", async () => {
  const none = await lintTarball(packed({ ...good, import: "./none.js" }));
  expect(none).toEqual([expect.stringMatching(/none\.js.*does not exist/)]);
  const order = await lintTarball(packed({ import: "./index.js", types: "./index.d.ts" }));
  expect(order[0]).toMatch(/types should be the first/);
});

test("types that lead nowhere, are those of another kind of module, or are not there", async () => {
  const [lost] = await wrongTypes(packed(good, { "index.d.ts": 'export * from "./lost";\n' }));
  expect(lost).toMatch(/Internal resolution error.*\n.*"\.\/lost"/);
  const other = { types: "./index.d.cts", import: "./index.js" };
  const [kind] = await wrongTypes(packed(other, { "index.d.cts": "export declare const one: number;\n" }));
  expect(kind).toMatch(/^Types are CJS, but implementation is ESM/);
  const [none] = await wrongTypes(packed({ import: "./other.js" }, { "other.js": "export const one = 1;\n" }));
  expect(none).toMatch(/^Could not find types/);
});
