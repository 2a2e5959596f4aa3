/**
 * Finds the browser checks: every exported function of `packages/NAME/browser/*.ts`, run in the page; it passes unless it throws.
 *
 * A file `WHAT.node.ts` beside `WHAT.ts` may export functions of the same names. They run here, in Node, first, and what they return (as JSON) is
 * the argument of their namesakes in the page: that is how the two worlds are compared.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One file of checks. */
export interface CheckFile {
  /** `PACKAGE/WHAT`. */
  readonly name: string;
  /** Absolute path of the module for the page. */
  readonly path: string;
  /** Absolute path of the module for Node, if there is one. */
  readonly nodePath: string | undefined;
}

/** What a check is. */
export type BrowserCheck = (fromNode: unknown) => Promise<unknown>;

/** All files of checks in a checkout, by name. */
export function findCheckFiles(checkout: string): readonly CheckFile[] {
  const found: CheckFile[] = [];
  const packages = join(checkout, "packages");
  for (const name of readdirSync(packages).sort()) {
    const folder = join(packages, name, "browser");
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith(".ts") || file.endsWith(".node.ts")) continue;
      const what = file.slice(0, -3);
      const nodePath = join(folder, `${what}.node.ts`);
      found.push({ name: `${name}/${what}`, path: join(folder, file), nodePath: existsSync(nodePath) ? nodePath : undefined });
    }
  }
  return found;
}
