/** File names by pattern: `*`, `?`, `[…]`, `{…,…}` and `**` for folders at any depth. Hidden names are found only by patterns that begin with a point. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { notReadable } from "@foley-control/files/node";

/** Any number of folders. */
const ANY = "**";
/** What makes a path a pattern. */
export const isPattern = (path: string): boolean => /[*?[{]/.test(path);

/**
 * Files that a pattern names, by the order of their paths, which is the same on every machine. Links to folders are not followed.
 *
 * @throws FoleyError `bad-file` when a folder cannot be read
 */
export async function filesOfPattern(pattern: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const one of withoutBraces(process.platform === "win32" ? pattern.replaceAll("\\", "/") : pattern)) {
    const segments = one.split("/").filter((segment, i) => segment !== "" || i === 0);
    const isRooted = segments[0] === "";
    await walk(isRooted ? "/" : "", isRooted ? segments.slice(1) : segments, found);
  }
  return sorted(found);
}

/** Files below a folder, at any depth, whose names match. */
export async function filesBelow(folder: string, name: RegExp): Promise<readonly string[]> {
  const found = new Set<string>();
  await walk(folder, [ANY, name], found);
  return sorted(found);
}

/** By code units, so that the order does not depend on the machine's language. */
const sorted = (paths: Iterable<string>): readonly string[] => [...paths].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

async function walk(folder: string, [segment, ...rest]: readonly (string | RegExp)[], found: Set<string>): Promise<void> {
  if (segment === undefined) return;
  if (typeof segment === "string" && segment !== ANY && !isPattern(segment) && rest.length > 0)
    return walk(join(folder, segment), rest, found);
  const entries = await readdir(folder === "" ? "." : folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return [];
    throw notReadable(`The folder "${folder}"`, cause);
  });
  if (segment === ANY) {
    // Of a pattern that ends in **, every file.
    await walk(folder, rest.length === 0 ? [/^[^.]/] : rest, found);
    for (const entry of entries)
      if (entry.isDirectory() && !entry.name.startsWith(".")) await walk(join(folder, entry.name), [ANY, ...rest], found);
    return;
  }
  const name = typeof segment === "string" ? expressionOf(segment) : segment;
  for (const entry of entries) {
    if (!name.test(entry.name) || (entry.name.startsWith(".") && !(typeof segment === "string" && segment.startsWith("."))))
      continue;
    if (rest.length > 0 && entry.isDirectory()) await walk(join(folder, entry.name), rest, found);
    else if (rest.length === 0 && !entry.isDirectory()) found.add(join(folder, entry.name));
  }
}

/** `a{b,c}` as `ab` and `ac`; the innermost braces first. */
function withoutBraces(pattern: string): readonly string[] {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (!match) return [pattern];
  const [whole, inside] = match as unknown as [string, string];
  const before = pattern.slice(0, match.index);
  return inside.split(",").flatMap((choice) => withoutBraces(before + choice + pattern.slice(match.index + whole.length)));
}

/** The expression of one name. Several stars in a row are one. */
function expressionOf(segment: string): RegExp {
  const source = segment.replace(
    /\*+|\?|\[(!?)([^\]]+)\]|[\\^$.|+(){}[\]]/g,
    (piece, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\\]^]/g, "\\$&")}]`;
      return piece.startsWith("*") ? ".*" : piece === "?" ? "." : `\\${piece}`;
    },
  );
  return new RegExp(`^${source}$`, "su");
}
