/**
 * What an entry exports has a user: code outside its package (another package, an app, a bench, an example, a script, the code of a page),
 * or a page that explains it (the package's README, a guide); constants may be linked from the comments of what takes them as a default.
 * Values alone are looked at: a type is there for the values that speak of it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { type Entries, exportsOf, publishedPackages, readEntries } from "./entries.js";
import type { WorkspacePackage } from "./workspace.js";

/** Folders that hold no code of this checkout. */
const leftOut = new Set(["node_modules", "dist", "out", "runs", "weights"]);

/** Files that may use a package: code, and pages with code in them. */
function texts(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return leftOut.has(entry.name) || entry.name.startsWith(".") ? [] : texts(path);
    return /\.(ts|tsx|mts|mjs|md|html)$/.test(entry.name) ? [path] : [];
  });
}

const listed = /(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*["'](@foley-control\/[^"']+)["']/g;
const taken = /\{([^{}]*)\}\s*=\s*await\s+import\(\s*["'](@foley-control\/[^"']+)["']/g;
const pointed = /import\(\s*["'](@foley-control\/[^"']+)["']\s*\)\)?\.(\w+)/g;
const whole =
  /(?:import\s+\*\s+as\s+(\w+)\s+from|(?:const|let)\s+(\w+)\s*=\s*await\s+import\()\s*["'](@foley-control\/[^"']+)["']/g;

/** Names that a text takes from packages, as `package:name`. */
export function namesTaken(text: string): readonly string[] {
  const found: string[] = [];
  const add = (specifier = "", name = "") => found.push(`${specifier.split("/").slice(0, 2).join("/")}:${name}`);
  const addList = (specifier = "", list = "") => {
    for (const one of list.split(",")) {
      // In the comment of a symbol, a line of an example begins with a star.
      const [, name] = /^[\s*]*(?:type\s+)?(\w+)/.exec(one) ?? [];
      if (name) add(specifier, name);
    }
  };
  for (const [, list, specifier] of text.matchAll(listed)) addList(specifier, list);
  for (const [, list, specifier] of text.matchAll(taken)) addList(specifier, list);
  for (const [, specifier, name] of text.matchAll(pointed)) add(specifier, name);
  for (const [, first, second, specifier] of text.matchAll(whole))
    for (const [, name] of text.matchAll(new RegExp(`\\b${first ?? second}\\.(\\w+)`, "g"))) add(specifier, name);
  return found;
}

/** Who takes what in a checkout: `package:name` → files. */
function takers(checkout: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const path of texts(checkout)) {
    for (const key of namesTaken(readFileSync(path, "utf8"))) {
      const files = found.get(key);
      if (files) files.push(path);
      else found.set(key, [path]);
    }
  }
  return found;
}

/** The code in a page: fenced, or a span that may go over the end of a line. */
function codeOf(page: string): string {
  return existsSync(page) ? (readFileSync(page, "utf8").match(/```[\s\S]*?```|`[^`\n]+(\n[^`\n]+)?`/g) ?? []).join("\n") : "";
}

/** Comments of a package's sources. */
function commentsOf({ program }: Entries, item: WorkspacePackage): string {
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${item.folder}${sep}`));
  return own.flatMap(({ text }) => text.match(/\/\*\*[\s\S]*?\*\//g) ?? []).join("\n");
}

/** Whether a symbol is a constant and no function. */
function isConstant({ program }: Entries, symbol: ts.Symbol): boolean {
  const declaration = symbol.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return false;
  return program.getTypeChecker().getTypeAtLocation(declaration).getCallSignatures().length === 0;
}

/** Exported values of a checkout: how many there are, and which have no user. */
export function checkUsers(checkout: string): { readonly values: number; readonly failures: readonly string[] } {
  const entries = readEntries(checkout);
  const taking = takers(checkout);
  const guides = join(checkout, "docs", "guides");
  const guideCode = existsSync(guides) ? texts(guides).map(codeOf).join("\n") : "";
  const failures: string[] = [];
  let values = 0;
  for (const item of publishedPackages(entries)) {
    const pages = `${codeOf(join(item.folder, "README.md"))}\n${guideCode}`;
    const comments = commentsOf(entries, item);
    const sources = join(item.folder, "src") + sep;
    const seen = new Set<string>();
    for (const entry of item.entries.values()) {
      for (const { name, symbol } of exportsOf(entries, entry)) {
        if (!(symbol.flags & ts.SymbolFlags.Value) || seen.has(name)) continue;
        seen.add(name);
        const used = taking.get(`${item.manifest.name}:${name}`)?.some((path) => !path.startsWith(sources));
        const linked = () => isConstant(entries, symbol) && new RegExp(`(\\{@link |\`)${name}\\b`).test(comments);
        if (used || new RegExp(`\\b${name}\\b`).test(pages) || linked()) continue;
        failures.push(
          `${relative(checkout, entry)} exports ${name}, which nothing outside the package uses and no page explains`,
        );
      }
    }
    values += seen.size;
  }
  return { values, failures };
}
