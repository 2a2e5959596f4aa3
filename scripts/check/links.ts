/** Relative links of the project's own pages (README, docs, packages) must lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Every Markdown file of a checkout; dependencies, builds and outputs left out. */
export function markdownFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ["node_modules", "dist", "out", "runs", ".git", ".turbo", ".cache"].includes(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** Broken links of a checkout, as `file:line …`. Empty means every link leads somewhere. */
export function checkLinks(checkout: string): readonly string[] {
  return markdownFiles(checkout).flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .flatMap((line, index) =>
        [...line.matchAll(/\]\(([^)\s]+)\)/g)]
          .map((match) => (match[1] ?? "").split("#")[0] ?? "")
          .filter(
            (target) => target !== "" && !/^[a-z]+:/i.test(target) && !existsSync(resolve(dirname(path), decodeURI(target))),
          )
          .map((target) => `${relative(checkout, path)}:${index + 1} links to ${target}, which does not exist`),
      ),
  );
}
