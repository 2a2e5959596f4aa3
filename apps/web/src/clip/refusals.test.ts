/** A picture that does not decode: what would help is said, for that codec, in the language of the page. */
import { afterEach, expect, test } from "vitest";
import { toProblem } from "../app/problem.js";
import { chooseLanguage } from "../strings/text.js";
import { codecHelp, oddity, refusal } from "./refusals.js";

afterEach(() => chooseLanguage(["en"]));

const sentence = 'The picture of "a.mp4" is MPEG-4 part 2 ("mp4v"), which is not read here.';

test("where another browser decodes it that is said, and always what to convert it to", () => {
  expect(codecHelp("hevc")).toMatch(/Safari .*graphics processor.*H\.264/);
  expect(codecHelp("avc")).toMatch(/10 bits.*H\.264/);
  for (const codec of ["mp4v", "apcn", "unknown", "toString"]) expect(codecHelp(codec)).toMatch(/^No browser.*H\.264 in mp4/);
});

test("in English the package's sentence names the codec; in German it stands beside the German one", async () => {
  const refused = { undecodable: "unknown", sentence };
  expect(toProblem(refusal("a.mp4", refused))).toEqual({ message: sentence, hint: codecHelp("unknown"), detail: undefined });
  await chooseLanguage(["de"]);
  const german = toProblem(refusal("a.mp4", refused));
  expect(german?.message).toBe("Das Bild von „a.mp4“ kann dieser Browser nicht dekodieren.");
  expect(german?.hint).toMatch(/^Kein Browser kann es\. Wandeln Sie es in H\.264/);
  expect(german?.detail).toBe(sentence);
  expect(toProblem(refusal("a.mp4", { undecodable: undefined }))?.message).toBe("„a.mp4“ hat kein Bild.");
});

test("what is odd is said in the page's language", async () => {
  const cut = { code: "truncated", message: '"a.mp4" is cut off: the last 3 s are missing.', values: {} } as const;
  expect(oddity("a.mp4", cut)).toBe(cut.message);
  await chooseLanguage(["de"]);
  expect(oddity("a.mp4", cut)).toBe("Das Video ist abgeschnitten: Das Ende fehlt.");
  expect(oddity("a.mp4", { code: "sound", codec: "ac3" })).toMatch(/Format \(ac3\)/);
});
