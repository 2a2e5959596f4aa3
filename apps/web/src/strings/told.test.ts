/** On a page that is not in English nothing that a package says stands alone: the catalogue has words for each code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FoleyError, type Warning, type WarningCode, type WarningValues } from "@foley-control/core";
import { afterEach, expect, test } from "vitest";
import { german } from "./de/index.js";
import { chooseLanguage, text, warningWords } from "./text.js";
import { ToldError, told } from "./told.js";

afterEach(() => chooseLanguage(["en"]));

const damaged = new FoleyError("bad-file", '"a.mp4" is cut off.', { hint: "Copy it again." });

test("in English a package's own sentence stands, without its hint twice", () => {
  expect(told(damaged)).toEqual({ message: '"a.mp4" is cut off.', hint: "Copy it again." });
});

test("in German there are words for each code, and the sentence stands beside them", async () => {
  await chooseLanguage(["de"]);
  for (const [code, [message, hint]] of Object.entries(german.errors)) {
    const found = told(new FoleyError(code as FoleyError["code"], "English.", { hint: "Do it." }));
    expect(found).toEqual({ message, hint, detail: "English. Do it." });
    expect(`${message} ${hint}`).not.toMatch(/\b(the|is|and|file)\b/);
  }
  const own = new ToldError("not-found", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
  expect(told(own)).toEqual({ message: text("storage.takeGone"), hint: text("storage.takeGoneHint"), detail: undefined });
});

/** What each code comes with; a code that is missing here does not compile. */
const odd: { readonly [Code in WarningCode]: WarningValues[Code] } = {
  truncated: {},
  "no-frames": {},
  "starts-late": { seconds: 0.52 },
  "unread-picture": { codec: "Cinepak" },
  "unknown-colours": { code: 14 },
  "sound-lost": { seconds: 3.5 },
  "frames-held": { count: 12, total: 30, seconds: 1.25 },
  "turned-down": { decibels: 2.5 },
  "metadata-lost": {},
  "events-outside": { count: 1, total: 2 },
  "no-bridge": {},
  "unknown-words": { words: '"zeppelin"' },
  slow: {},
  "not-kept": { reason: "disk full" },
  "clip-changed": {},
};

test("what is odd has a sentence for each code: the package's own in English, in German one with all its numbers", async () => {
  for (const [code, values] of Object.entries(odd)) {
    await chooseLanguage(["en"]);
    const warning = { code, message: "The end of the file is gone.", values } as unknown as Warning;
    expect(warningWords(warning)).toBe("The end of the file is gone.");
    await chooseLanguage(["de"]);
    const words = warningWords(warning);
    expect(words).not.toMatch(/[{}]|The end|\b(the|is|and|file)\b/);
    for (const value of Object.values(values)) expect(words).toContain(String(value).replace(".", ","));
  }
});

test("the studio itself says nothing in English alone: only its worker, which has no language, throws what is told by its code", () => {
  const source = join(import.meta.dirname, "..");
  const throwing = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\./.test(path) && /new FoleyError\(/.test(readFileSync(join(source, path), "utf8")),
  );
  expect(throwing).toEqual(["clip/clip-worker.ts"]);
});
