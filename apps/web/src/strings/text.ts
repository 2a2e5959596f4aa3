/** The words of the chosen language, with `{name}` filled in. English is always there, and stands in; another language comes when it is chosen. */
import type { FoleyErrorCode, Warning } from "@foley-control/core";
import { en } from "./en/index.js";
import type { ErrorWords, WarningWords } from "./error-words.js";

/** A key of the catalogue. */
export type StringKey = keyof typeof en;
/** A whole language. */
type Catalogue = Readonly<Record<StringKey, string>>;
/** A language. The packages' own sentences are English: there is nothing in their place there. */
interface Language {
  readonly words: Catalogue;
  readonly errors: ErrorWords | undefined;
  readonly warnings: WarningWords | undefined;
}

/** Languages that are complete. */
const LANGUAGES: Readonly<Record<string, () => Promise<Language>>> = {
  en: async () => english,
  de: async () => (await import("./de/index.js")).german,
};
const english: Language = { words: en, errors: undefined, warnings: undefined };

let wantedLast = "en";
let language = "en";
let { words, errors, warnings } = english;

/** Chooses the first language that is known of those wanted, and says which words there are now: the ones before if these do not come. */
export async function chooseLanguage(wanted: readonly string[]): Promise<string> {
  const chosen = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";
  wantedLast = chosen;
  const loaded = await LANGUAGES[chosen]?.().catch(() => undefined);
  if (loaded !== undefined && wantedLast === chosen) {
    language = chosen;
    ({ words, errors, warnings } = loaded);
  }
  return language;
}

/** The language that was chosen. */
export const chosenLanguage = (): string => language;

/** The words for what a package reports; `undefined` in its own language. */
export const errorWords = (code: FoleyErrorCode): readonly [message: string, hint: string] | undefined => errors?.[code];

/** What is odd, as a sentence: a package's own is English, and stands as it is there. */
export const warningWords = ({ code, message, values }: Warning): string =>
  warnings === undefined ? message : filled(warnings[code], values);

/** The words for a key. */
export const text = (key: StringKey, values: Values = {}): string => filled(words[key], values);

type Values = Readonly<Record<string, string | number>>;

const filled = (sentence: string, values: Values): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    const value = values[name];
    return typeof value === "number" && !Number.isInteger(value) ? value.toLocaleString(language) : String(value);
  });
