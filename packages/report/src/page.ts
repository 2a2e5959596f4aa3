/** A whole HTML document that needs nothing from anywhere: it can be mailed, printed, and opened in ten years. */
import { escape } from "./escape.js";
import { STYLE } from "./style.js";

/** One part of a page. */
export interface Section {
  /** Its headline; a table of contents links to it when there are several. */
  readonly heading: string;
  /** Said below the headline. Default: nothing. */
  readonly note?: string | undefined;
  /** HTML as the functions of this package make it, one after the other; text of others goes through `escape`. */
  readonly body: string;
}

/** What {@link page} shows. */
export interface Page {
  /** Headline, and name in the browser's tab. */
  readonly title: string;
  /** What it is about, in a sentence or two. Default: nothing. */
  readonly lead?: string | undefined;
  /** From top to bottom. */
  readonly sections: readonly Section[];
}

/** Nothing is fetched but players' files beside the page; no script runs, whatever stands in it. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self' file: data:; base-uri 'none'; form-action 'none'";

/**
 * A page as one HTML document in UTF-8, for light, dark and paper. It runs no script and fetches nothing from elsewhere, which its content
 * security policy enforces.
 *
 * @example
 * ```ts
 * page({ title: "Two systems", sections: [{ heading: "Table", body: table(["system", "FD"], [["ours", 3.1]]) }] });
 * ```
 */
export function page({ title, lead, sections }: Page): string {
  const contents = sections.map(({ heading }, i) => `<li><a href="#s${i + 1}">${escape(heading)}</a></li>`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${lead === undefined ? "" : `<p class="lead">${escape(lead)}</p>\n`}${sections.length > 2 ? `<nav><ul>${contents}</ul></nav>\n` : ""}${sections
  .map(
    ({ heading, note, body }, i) => `<section id="s${i + 1}">
<h2>${escape(heading)}</h2>
${note === undefined ? "" : `<p class="note">${escape(note)}</p>\n`}${body}
</section>`,
  )
  .join("\n")}
</main>
</body>
</html>
`;
}
