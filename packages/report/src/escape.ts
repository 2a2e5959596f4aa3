/** Text as HTML: the one way in which words of others enter a page. */

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Text that may stand between tags or in a quoted attribute. Control characters, which HTML has no place for, become U+FFFD.
 *
 * @example
 * ```ts
 * escape('a<b & "c"'); // "a&lt;b &amp; &quot;c&quot;"
 * ```
 */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (found) => ENTITIES[found]!).replace(/[^\P{Cc}\t\n\r]/gu, "\ufffd");
}
