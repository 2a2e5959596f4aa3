/** Every code point of Unicode through the character map of T5, and what separates words, against Hugging Face tokenizers. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { goldenPath } from "@foley-control/golden/node";
import { describe, expect, test } from "vitest";
import { characterMap } from "./t5-character-map.js";
import { t5Tokeniser } from "./t5-tokeniser.js";

/** Says itself how it was made. */
const golden = JSON.parse(readFileSync(new URL("../../fixtures/characters.json", import.meta.url), "utf8")) as {
  readonly contexts: Readonly<Record<string, string>>;
  readonly ids: Readonly<Record<string, readonly (readonly number[])[]>>;
};
const json = JSON.parse(readFileSync(goldenPath("sao/sao-tiny/t5-tiny/tokenizer.json"), "utf8")) as {
  readonly normalizer: { readonly precompiled_charsmap: string };
};
const BLOCK = 4096;

describe("characters", () => {
  const map = characterMap(json.normalizer.precompiled_charsmap);
  /** The two planes with living characters besides the first, and that of tags, where a character stands beside others. */
  const near = [...Array(0x20).keys(), 0xe0];
  const far = [...Array(0x110).keys()].filter((block) => !near.includes(block));
  const blocks = { "a{}b": near, "{}\n": near, "\u00aa{}\n": near, "{}": far };

  test.each(Object.entries(blocks))("are replaced as the stored map says, in %j", { timeout: 300_000 }, (context, asked) => {
    const [before = "", after = ""] = context.split("{}");
    const wrong = asked.filter((block, index) => {
      let text = "";
      for (let code = block * BLOCK; code < (block + 1) * BLOCK; code++)
        if (code < 0xd800 || code > 0xdfff) text += before + String.fromCodePoint(code) + after;
      const digest = createHash("sha256").update(map(text)).digest("hex").slice(0, 8);
      return digest !== golden.contexts[context]?.slice(8 * index, 8 * index + 8);
    });
    expect(wrong).toEqual([]);
  });

  test("that are controls, formats or separators end words, or do not, as in the reference", { timeout: 60_000 }, () => {
    const tokens = t5Tokeniser(json, { vocabulary: 40_000, padId: 0, endId: 1 }, 16);
    const idsOf = (text: string): readonly number[] => {
      const { ids, mask } = tokens(text);
      return Array.from(ids.subarray(0, mask.indexOf(0) - 1), Number);
    };
    const found = Object.keys(golden.ids).map((hex) => {
      const character = String.fromCodePoint(Number.parseInt(hex, 16));
      return [hex, [`a ${character}`, `a${character}b`, character].map(idsOf)];
    });
    expect(found.length).toBeGreaterThan(200);
    expect(Object.fromEntries(found)).toEqual(golden.ids);
  });
});
