/** Writes a small checkout to a temporary folder, for tests of the checks. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { sourceCondition } from "./workspace.js";

/** Text of files by path; manifests may be given as objects. */
export type CheckoutFiles = Readonly<Record<string, string | object>>;

/** Writes the files; the folder is removed when the test ends. */
export function writeCheckout(files: CheckoutFiles): string {
  const folder = mkdtempSync(join(tmpdir(), "foley-check-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries({ "package.json": { devDependencies: { vitest: "1" } }, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

/** A manifest with a floor, dependencies and entries. */
export function manifest(name: string, floor: number | undefined, dependencies: readonly string[] = [], entries = ["."]): object {
  const file = (subpath: string) => (subpath === "." ? "index" : subpath.slice(2));
  return {
    name: `@foley-control/${name}`,
    version: "0.0.0",
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "workspace:*"])),
    exports: Object.fromEntries(entries.map((subpath) => [subpath, { [sourceCondition]: `./src/${file(subpath)}.ts` }])),
    ...(floor === undefined ? {} : { foley: { floor } }),
  };
}
