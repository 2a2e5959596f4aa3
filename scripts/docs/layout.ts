/** What every page of the site has around its text: the way to all others, and how it looks. No script, nothing from elsewhere. */
import { posix } from "node:path";

/** A place that is named on every page. */
export interface Place {
  readonly title: string;
  /** Path of the page in the site. */
  readonly path: string;
}

/** Places under a heading. */
export interface Menu {
  readonly title: string;
  readonly places: readonly Place[];
}

/** The name of the stylesheet in the site. */
export const STYLESHEET = "style.css";

/** How the site looks. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #333); --soft: light-dark(#f5f5f3, #1c1c1e); }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; box-sizing: border-box; padding: 1.5rem; background: var(--soft); font-size: 0.875rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav h2 { font-size: 0.75rem; text-transform: uppercase; letter-spacing: 0.06em; margin: 1.5rem 0 0.25rem; opacity: 0.7; }
nav [aria-current] { font-weight: 600; }
main { max-width: 56rem; padding: 1.5rem 2.5rem 4rem; }
a { color: light-dark(#0b57d0, #8ab4f8); text-decoration: none; }
a:hover { text-decoration: underline; }
pre, code { font: 0.875em/1.5 ui-monospace, monospace; background: var(--soft); }
pre { padding: 1rem; overflow-x: auto; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td, th { border: 1px solid var(--line); padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } main { padding: 1rem; } }
`;

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** The way from one page to another. */
export function relativeLink(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to);
}

/** A page: its title, its text as HTML, and the menus. */
export function layout(path: string, title: string, body: string, menus: readonly Menu[]): string {
  const link = (place: Place) =>
    `<li><a href="${relativeLink(path, place.path)}"${place.path === path ? ' aria-current="page"' : ""}>${escapeHtml(place.title)}</a></li>`;
  const menu = menus.map((one) => `<h2>${escapeHtml(one.title)}</h2><ul>${one.places.map(link).join("")}</ul>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${relativeLink(path, STYLESHEET)}">
</head>
<body>
<nav>
${menu}
</nav>
<main>
${body}
</main>
</body>
</html>
`;
}
