/** The words of the chosen language, with `{name}` filled in. English is always there, and stands in; another language comes when it is chosen. */
import { en } from "./en/index.js";

/** A key of the catalogue. */
export type StringKey = keyof typeof en;
/** A whole language. */
type Catalogue = Readonly<Record<StringKey, string>>;

/** Languages that are complete. */
const LANGUAGES: Readonly<Record<string, () => Promise<Catalogue>>> = {
  en: async () => en,
  de: async () => (await import("./de/index.js")).de,
};

let wantedLast = "en";
let language = "en";
let words: Catalogue = en;

/** Chooses the first language that is known of those wanted, and says which words there are now: the ones before if these do not come. */
export async function chooseLanguage(wanted: readonly string[]): Promise<string> {
  const chosen = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";
  wantedLast = chosen;
  const loaded = await LANGUAGES[chosen]?.().catch(() => undefined);
  if (loaded !== undefined && wantedLast === chosen) [language, words] = [chosen, loaded];
  return language;
}

/** The language that was chosen. */
export const chosenLanguage = (): string => language;

/** The words for a key. */
export function text(key: StringKey, values: Readonly<Record<string, string | number>> = {}): string {
  return words[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
