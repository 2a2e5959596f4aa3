/**
 * The reports of what entries offer lie beside the packages, `packages/NAME/api/ENTRY.txt`, so that a review sees what a change adds to them
 * or takes away. A report that is not what the entry offers fails.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { reportPackage } from "./api-report.js";
import { publishedPackages, readEntries } from "./entries.js";

/** Lines of a difference that are shown. */
const SHOWN_LINES = 40;

/** Path → text of each report of a checkout, as it should be. */
function makeReports(checkout: string): ReadonlyMap<string, string> {
  const entries = readEntries(checkout);
  return new Map(
    publishedPackages(entries).flatMap((item) =>
      [...reportPackage(entries, item)].map(([subpath, text]) => {
        const name = subpath === "." ? "index" : subpath.slice(2).replaceAll("/", "-");
        return [join(item.folder, "api", `${name}.txt`), text] as const;
      }),
    ),
  );
}

/** Reports that lie in a checkout, wanted or not. */
function keptReports(checkout: string): readonly string[] {
  return publishedPackages(readEntries(checkout)).flatMap(({ folder }) => {
    const api = join(folder, "api");
    return existsSync(api) ? readdirSync(api).map((name) => join(api, name)) : [];
  });
}

/** Compares the reports of a checkout with its entries; each result is one report with what differs. */
export function checkApi(checkout: string): readonly string[] {
  const wanted = makeReports(checkout);
  const hint = "`npm run api` writes it anew; the difference belongs into the change that makes it";
  const stale = [...wanted].flatMap(([path, text]) => {
    const kept = existsSync(path) ? readFileSync(path, "utf8") : "";
    return kept === text ? [] : [`${relative(checkout, path)} is not what the entry offers; ${hint}:\n${difference(kept, text)}`];
  });
  const left = keptReports(checkout).filter((path) => !wanted.has(path));
  return [...stale, ...left.map((path) => `${relative(checkout, path)} is of no entry; ${hint}`)];
}

/** Writes the reports of a checkout, and gives the paths of those that changed. */
export function updateApi(checkout: string): readonly string[] {
  const wanted = makeReports(checkout);
  const changed: string[] = [];
  for (const path of keptReports(checkout)) {
    if (wanted.has(path)) continue;
    rmSync(path);
    changed.push(path);
  }
  for (const [path, text] of wanted) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    changed.push(path);
  }
  return changed.map((path) => relative(checkout, path));
}

/** Lines that only one of two texts has. */
function difference(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const only = (lines: readonly string[], others: readonly string[], sign: string) => {
    const counts = new Map<string, number>();
    for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
    return lines.flatMap((line) => {
      const left = counts.get(line) ?? 0;
      counts.set(line, left - 1);
      return left > 0 ? [] : [`${sign} ${line}`];
    });
  };
  const lines = [...only(old, now, "-"), ...only(now, old, "+")];
  const more = lines.length - SHOWN_LINES;
  return [...lines.slice(0, SHOWN_LINES), ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}
