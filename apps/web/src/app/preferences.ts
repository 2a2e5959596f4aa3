/** What a person chose for all projects: kept in the browser, read with care, since anybody may have written there. */
import { json, parseJson } from "@foley-control/core";
import { createStore, type StoreApi } from "zustand/vanilla";
import { chooseLanguage } from "../strings/text.js";

/** The choices. */
export interface Preferences {
  readonly theme: "system" | "light" | "dark";
  /** `system`: the first language of the browser that is known. */
  readonly language: "system" | "en" | "de";
  /** How times are shown. */
  readonly units: "timecode" | "seconds" | "frames";
  /** Keys of actions that are not the usual ones, by action. */
  readonly shortcuts: Readonly<Record<string, readonly string[]>>;
}

/** What is chosen for who chose nothing. */
export const DEFAULT_PREFERENCES: Preferences = { theme: "system", language: "system", units: "timecode", shortcuts: {} };

const KEY = "foley-studio-preferences";

const checks = {
  theme: json.oneOf("system", "light", "dark"),
  language: json.oneOf("system", "en", "de"),
  units: json.oneOf("timecode", "seconds", "frames"),
  shortcuts: json.record(json.list(json.text(40), 8), 200),
} as const;

/** What of a text is a preference; the rest is as for who chose nothing. */
export function readPreferences(contents: string | null): Preferences {
  let value: unknown;
  try {
    value = parseJson(contents ?? "{}", { what: "preferences" });
  } catch {
    return DEFAULT_PREFERENCES;
  }
  if (typeof value !== "object" || value === null) return DEFAULT_PREFERENCES;
  const given = Object.entries(value).filter(
    ([key, one]) => Object.hasOwn(checks, key) && checks[key as keyof typeof checks](one, key) === undefined,
  );
  return { ...DEFAULT_PREFERENCES, ...(Object.fromEntries(given) as Partial<Preferences>) };
}

/** The store of the choices. `storage` may be `undefined` where the browser refuses one. */
export function createPreferences(storage: Pick<Storage, "getItem" | "setItem"> | undefined): StoreApi<Preferences> {
  const store = createStore<Preferences>()(() => readPreferences(storage?.getItem(KEY) ?? null));
  store.subscribe((state) => {
    try {
      storage?.setItem(KEY, JSON.stringify(state));
    } catch {
      // No space: the choice lasts until the page is closed.
    }
  });
  return store;
}

function storageOfPage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** The choices of this browser. */
export const preferences: StoreApi<Preferences> = createPreferences(storageOfPage());

/** The language whose words are there; the page is made anew when another has come. */
export const shownLanguage: StoreApi<string> = createStore(() => "en");

/** Makes theme and language what is chosen. */
export async function applyPreferences({ theme, language }: Preferences): Promise<void> {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  const shown = await chooseLanguage(language === "system" ? navigator.languages : [language]);
  root.lang = shown;
  shownLanguage.setState(shown, true);
}
