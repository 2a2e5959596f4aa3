/** Word tokeniser and small text encoder: odd texts, padding. */
import type { PlainTensor } from "@foley-control/core";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { tinyBackbone, tinyConfig } from "../testing.js";
import { FIRST_WORD_ID, PADDING_ID, UNKNOWN_ID, wordsOf, wordTokeniser } from "./word-tokeniser.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

describe("word tokeniser", () => {
  const tokeniser = wordTokeniser(["a", "dog", "bark", "bounce", "glass", "café"], 6);
  const ids = (text: string) => Array.from(tokeniser.encode(text).ids, Number);
  const mask = (text: string) => Array.from(tokeniser.encode(text).mask);

  test("known words have their place in the vocabulary, with the mask over the words", () => {
    expect(ids("A dog, glass!")).toEqual([FIRST_WORD_ID, FIRST_WORD_ID + 1, FIRST_WORD_ID + 4, 0, 0, 0]);
    expect(mask("A dog, glass!")).toEqual([1, 1, 1, 0, 0, 0]);
  });
  test("common endings lead to the word that is known", () => {
    expect(ids("dogs barked bouncing bounces glasses").slice(0, 5)).toEqual([1, 2, 3, 3, 4].map((i) => FIRST_WORD_ID + i));
  });
  test("unknown words share one id and are named", () => {
    expect(ids("zebra dog")).toEqual([UNKNOWN_ID, FIRST_WORD_ID + 1, 0, 0, 0, 0]);
    expect(tokeniser.unknown("zebra dog qwerty")).toEqual(["zebra", "qwerty"]);
  });
  test.each(["", "   \n\t", "🐕🔔", "…!?", "\u0301"])("%j has no words", (text) => {
    expect(ids(text)).toEqual([0, 0, 0, 0, 0, 0].map(() => PADDING_ID));
    expect(mask(text)).toEqual([0, 0, 0, 0, 0, 0]);
  });
  test("emoji between words are passed over; composed and combining accents and full-width letters are the same word", () => {
    expect(ids("🐕 dog 🐕")).toEqual(ids("dog"));
    expect(ids("cafe\u0301")).toEqual(ids("CAFÉ"));
    expect(ids("ｄｏｇ")).toEqual(ids("dog"));
    expect(wordsOf("犬が吠える x2")).toEqual(["犬が吠える", "x2"]);
  });
  test("over-long texts are cut, in a moment", () => {
    const started = performance.now();
    expect(ids("dog ".repeat(25_000))).toEqual(new Array(6).fill(FIRST_WORD_ID + 1));
    expect(mask("x".repeat(100_000))).toEqual([1, 0, 0, 0, 0, 0]);
    expect(tokeniser.unknown("zebra ".repeat(16_667)).length).toBeLessThan(2000);
    // A few milliseconds; the limit is generous for a loaded machine.
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test("text encoder: rows of padding are exactly zero, rows of words are not", async () => {
  const { text } = tinyBackbone();
  const { ids, mask } = text.tokenise("a dog");
  const executable = await runtime.load(text.graph(), text.weights);
  const shape = [1, text.length];
  const run = async (marked: Float32Array) =>
    (await executable.run({ ids: { dtype: "int64", shape, data: ids }, mask: { dtype: "float32", shape, data: marked } }))[
      "tokens"
    ] as PlainTensor<"float32">;
  const { data } = await run(mask);
  await executable.dispose();
  const width = tinyConfig.text.width;
  for (let row = 0; row < text.length; row++) {
    const values = data.subarray(row * width, (row + 1) * width);
    expect(values.every((value) => value === 0)).toBe(mask[row] === 0);
  }
});
