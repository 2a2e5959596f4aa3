/**
 * The pages of a checkout as a site: every Markdown file becomes a page at its own path (a README the index of its folder), and what pages link
 * to comes along: folders and text as pages, pictures as they are. So links that work in the checkout work in the site, from any path.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { Marked } from "marked";
import { markdownFiles } from "../check/links.js";
import { escapeHtml, layout, type Menu, relativeLink, STYLE, STYLESHEET } from "./layout.js";

/** What browsers show by themselves. */
const SHOWN = /\.(svg|png|jpe?g|gif|webp|mp4|wav)$/;

/** Folders whose pages are named on every page. */
const MENUS = [
  { title: "Guides", folder: "docs/guides" },
  { title: "Packages", folder: "packages" },
  { title: "Decisions", folder: "docs/decisions" },
] as const;

/** Where a file or folder of the checkout is found in the site. */
function placeOf(path: string): string {
  if (/(^|\/)README\.md$/.test(path)) return path.replace(/README\.md$/, "index.html");
  if (path.endsWith(".md")) return path.replace(/\.md$/, ".html");
  return SHOWN.test(path) ? path : `${path}.html`;
}

/** The name under which a heading is linked to, as GitHub makes it; signs that HTML writes out (`&amp;`) are left out as others are. */
function anchor(heading: string): string {
  return heading
    .replace(/&(?:[a-z]+|#\d+);/g, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

/** A Markdown text as HTML; `found` says where links of the checkout lead in the site. */
export function html(text: string, found: (href: string) => string): string {
  const seen = new Map<string, number>();
  const marked = new Marked({
    walkTokens(token) {
      if (token.type === "link" || token.type === "image") token.href = found(token.href);
    },
    renderer: {
      heading({ tokens, depth }) {
        const inner = this.parser.parseInline(tokens);
        const name = anchor(this.parser.parseInline(tokens, this.parser.textRenderer));
        const times = seen.get(name) ?? 0;
        seen.set(name, times + 1);
        return `<h${depth} id="${times === 0 ? name : `${name}-${times}`}">${inner}</h${depth}>\n`;
      },
    },
  });
  return marked.parse(text, { async: false });
}

/** The first heading of a Markdown text, without its marks. */
function titleOf(text: string): string {
  return (/^#\s+(.*)$/m.exec(text)?.[1] ?? "").replace(/[`*]/g, "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

/** Writes the pages of a checkout into `site`. */
export function writePages(checkout: string, site: string): void {
  const paths = markdownFiles(checkout)
    .map((path) => relative(checkout, path).split(sep).join("/"))
    .filter((path) => !path.startsWith("."));
  const texts = new Map(paths.map((path) => [path, readFileSync(join(checkout, path), "utf8")]));
  const name = (path: string) => titleOf(texts.get(path) ?? "") || path;
  const menus: readonly Menu[] = [
    {
      title: name("README.md"),
      places: [
        { title: "Overview", path: "index.html" },
        ...["docs/architecture.md", "CONTRIBUTING.md"]
          .filter((path) => texts.has(path))
          .map((path) => ({ title: name(path), path: placeOf(path) })),
        { title: "API", path: "api/index.html" },
      ],
    },
    ...MENUS.map(({ title, folder }) => ({
      title,
      places: paths
        .filter((path) => path.startsWith(`${folder}/`) && (folder !== "packages" || /^[^/]+\/[^/]+\/README\.md$/.test(path)))
        .map((path) => ({ title: name(path), path: placeOf(path) })),
    })),
  ];

  const written = new Set<string>();
  const write = (path: string, title: string, body: string) => {
    mkdirSync(dirname(join(site, path)), { recursive: true });
    writeFileSync(join(site, path), layout(path, title, body, menus));
  };

  /** Brings what a page links to, and says where it is. */
  const bring = (path: string): string => {
    const source = join(checkout, path);
    if (!existsSync(source)) return path; // The check of links says so.
    const folder = statSync(source).isDirectory();
    if (folder && texts.has(posix.join(path, "README.md"))) return placeOf(posix.join(path, "README.md"));
    const place = folder ? posix.join(path, "index.html") : placeOf(path);
    if (texts.has(path) || written.has(place)) return place;
    written.add(place);
    if (folder) {
      const entries = readdirSync(source).map((entry) => `- [${entry}](${posix.join(path, entry)})`);
      write(
        place,
        path,
        html(`# ${path}\n\n${entries.join("\n")}`, (href) => relativeLink(place, bring(href))),
      );
    } else if (SHOWN.test(path)) cpSync(source, join(site, place));
    else write(place, path, `<h1>${escapeHtml(path)}</h1>\n<pre>${escapeHtml(readFileSync(source, "utf8"))}</pre>`);
    return place;
  };

  for (const [path, text] of texts) {
    const place = placeOf(path);
    const body = html(text, (href) => {
      if (/^([a-z]+:|#|\/)/i.test(href)) return href;
      const [target = "", fragment] = href.split("#");
      return (
        relativeLink(place, bring(posix.join(posix.dirname(path), decodeURI(target)))) +
        (fragment === undefined ? "" : `#${fragment}`)
      );
    });
    write(place, name(path), body);
  }
  writeFileSync(join(site, STYLESHEET), STYLE);
}
