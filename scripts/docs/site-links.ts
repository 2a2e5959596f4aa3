/** Links of a built site: each leads to a file and, where it names one, to an anchor of it, and none says where the site stands. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** What links name in a page. */
interface Page {
  readonly links: readonly string[];
  readonly anchors: ReadonlySet<string>;
}

function readPage(path: string): Page {
  const text = readFileSync(path, "utf8");
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => (match[1] as string).replaceAll("&amp;", "&"));
  return { links: all(/\s(?:href|src)="([^"]*)"/g), anchors: new Set(all(/\s(?:id|name)="([^"]*)"/g)) };
}

/** Links of a site that lead nowhere, as `page: …`. Empty means all is well. */
export function checkSite(site: string): readonly string[] {
  const files = readdirSync(site, { recursive: true, encoding: "utf8" }).map((name) => join(site, name));
  const pages = new Map(files.filter((path) => path.endsWith(".html")).map((path) => [path, readPage(path)]));
  return [...pages].flatMap(([path, { links }]) =>
    [...new Set(links)].flatMap((link) => {
      if (/^[a-z]+:/i.test(link)) return [];
      const problem = problemOf(link, path, pages);
      return problem === undefined ? [] : [`${relative(site, path)}: "${link}" ${problem}`];
    }),
  );
}

function problemOf(link: string, from: string, pages: ReadonlyMap<string, Page>): string | undefined {
  if (link.startsWith("/")) return "holds only where the site is at the top of its host";
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? from : resolve(dirname(from), decodeURI(path.split("?")[0] as string));
  if (!existsSync(target)) return "leads to nothing";
  if (statSync(target).isDirectory()) return "leads to a folder";
  if (anchor && pages.has(target) && !pages.get(target)?.anchors.has(decodeURIComponent(anchor)))
    return "names no part of its page";
  return undefined;
}
