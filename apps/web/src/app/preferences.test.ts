/** What a person chose, as it comes back; whatever was written there. */
import { expect, test } from "vitest";
import { createPreferences, DEFAULT_PREFERENCES, readPreferences } from "./preferences.js";

test("choices come back; each that is none is as for who chose nothing, and the others stay", () => {
  const written = new Map<string, string>();
  const storage = {
    getItem: (key: string) => written.get(key) ?? null,
    setItem: (key: string, value: string) => void written.set(key, value),
  };
  createPreferences(storage).setState({ theme: "dark", shortcuts: { make: ["K"] } });
  expect(createPreferences(storage).getState()).toEqual({ ...DEFAULT_PREFERENCES, theme: "dark", shortcuts: { make: ["K"] } });
  for (const hostile of [null, "", "{", "[]", "7", "null", `{"__proto__":{"theme":"dark"}}`])
    expect(readPreferences(hostile)).toEqual(DEFAULT_PREFERENCES);
  expect(readPreferences(`{"theme":"dark","language":"xx","units":3,"shortcuts":{"make":"K"},"other":1}`)).toEqual({
    ...DEFAULT_PREFERENCES,
    theme: "dark",
  });
});

test("a storage that is full or missing changes nothing", () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  for (const storage of [full, undefined]) {
    const store = createPreferences(storage);
    store.setState({ theme: "light" });
    expect(store.getState().theme).toBe("light");
  }
});
