/** The words of the chosen language, with `{name}` filled in. */
import { de } from "./de/index.js";
import { en } from "./en/index.js";

/** A key of the catalogue. */
export type StringKey = keyof typeof en;
/** A whole language. */
type Catalogue = Readonly<Record<StringKey, string>>;

/** Languages that are complete. */
export const LANGUAGES: Readonly<Record<string, Catalogue>> = { en, de };

let language = "en";

/** Chooses a language; the first that is known of those the browser names when none is given. */
export function chooseLanguage(wanted: readonly string[] = navigator.languages): string {
  language = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";
  return language;
}

/** The words for a key. */
export function text(key: StringKey, values: Readonly<Record<string, string | number>> = {}): string {
  const words: string = (LANGUAGES[language] ?? en)[key];
  return words.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}
