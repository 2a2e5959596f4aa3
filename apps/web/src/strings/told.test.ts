/** On a page that is not in English nothing that a package says stands alone: the catalogue has words for each code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { afterEach, expect, test } from "vitest";
import { german } from "./de/index.js";
import { chooseLanguage, text } from "./text.js";
import { packageSentence, ToldError, told } from "./told.js";

afterEach(() => chooseLanguage(["en"]));

const damaged = new FoleyError("bad-file", '"a.mp4" is cut off.', { hint: "Copy it again." });

test("in English a package's own sentence stands, without its hint twice", () => {
  expect(told(damaged)).toEqual({ message: '"a.mp4" is cut off.', hint: "Copy it again." });
  expect(packageSentence("12 of 30 frames were lost.")).toBe("12 of 30 frames were lost.");
});

test("in German there are words for each code, and the sentence stands beside them", async () => {
  await chooseLanguage(["de"]);
  for (const [code, [message, hint]] of Object.entries(german.errors)) {
    const found = told(new FoleyError(code as FoleyError["code"], "English.", { hint: "Do it." }));
    expect(found).toEqual({ message, hint, detail: "English. Do it." });
    expect(`${message} ${hint}`).not.toMatch(/\b(the|is|and|file)\b/);
  }
  expect(packageSentence("12 of 30 frames were lost.")).toBe("Meldung des Programms (englisch): „12 of 30 frames were lost.“");
  const own = new ToldError("not-found", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
  expect(told(own)).toEqual({ message: text("storage.takeGone"), hint: text("storage.takeGoneHint"), detail: undefined });
});

test("the studio itself says nothing in English alone: only its worker, which has no language, throws what is told by its code", () => {
  const source = join(import.meta.dirname, "..");
  const throwing = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\./.test(path) && /new FoleyError\(/.test(readFileSync(join(source, path), "utf8")),
  );
  expect(throwing).toEqual(["clip/clip-worker.ts"]);
});
