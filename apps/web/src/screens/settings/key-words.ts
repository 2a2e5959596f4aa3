/** Keys in the words of the chosen language. */
import { shownKey } from "../../shortcuts/keys.js";
import { type StringKey, text } from "../../strings/text.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
const NAMED: ReadonlySet<string> = new Set([
  "Space",
  "Home",
  "End",
  "Enter",
  "Delete",
  "Backspace",
  "PageUp",
  "PageDown",
  "Shift",
  "Mod",
]);

/** A key as people of the chosen language read it. */
export function keyWords(key: string): string {
  return shownKey(key, { mac: MAC, nameOf: (part) => (NAMED.has(part) ? text(`keyName.${part}` as StringKey) : part) });
}
