/**
 * No file imports itself through others: whoever reads one of a circle has to read all of them, and which is run first is luck. Imports of
 * types and `import()` count too; the linter's own rule follows neither.
 */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { readReferences, resolveRelative } from "./references.js";
import { readWorkspace, sourceFiles } from "./workspace.js";

/** Files of a checkout that may import each other by relative path. */
const otherFolders = ["scripts", "bench", "parity", "examples"];

/** A reference from one file to another. */
interface Step {
  readonly to: string;
  readonly line: number;
}

/** Checks a checkout; each result is one circle, at the import that closes it. */
export function checkCircles(checkout: string): readonly string[] {
  const folders = [...readWorkspace(checkout).map(({ folder }) => folder), ...otherFolders.map((name) => join(checkout, name))];
  const steps = new Map<string, readonly Step[]>();
  for (const path of folders.filter(existsSync).flatMap(sourceFiles)) steps.set(path, stepsOf(path));
  const failures: string[] = [];
  const finished = new Set<string>();
  const road: string[] = [];
  const visit = (path: string): void => {
    road.push(path);
    for (const { to, line } of steps.get(path) ?? []) {
      const begin = road.indexOf(to);
      if (begin >= 0) {
        const circle = [...road.slice(begin), to].map((file) => relative(checkout, file)).join(" → ");
        failures.push(`${relative(checkout, path)}:${line} closes a circle of imports (${circle})`);
      } else if (!finished.has(to)) visit(to);
    }
    road.pop();
    finished.add(path);
  };
  for (const path of steps.keys()) if (!finished.has(path)) visit(path);
  return failures;
}

/** A worker's file is run apart from the one that names it, so that is no import. */
function stepsOf(path: string): readonly Step[] {
  return readReferences(path).flatMap(({ specifier, line, isUrl }) => {
    const to = specifier.startsWith(".") && !isUrl ? resolveRelative(path, specifier) : undefined;
    return to === undefined ? [] : [{ to, line }];
  });
}
