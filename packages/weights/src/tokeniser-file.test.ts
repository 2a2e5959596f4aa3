/** Tokenisers of published models pass; what could take for ever or all the memory does not. */
import { goldenJson } from "@foley-control/golden/node";
import { describe, expect, it } from "vitest";
import { checkTokeniserFile } from "./tokeniser-file.js";

const t5 = goldenJson<Record<string, unknown>>("sao/sao-tiny/t5-tiny/tokenizer.json");
const gpt2 = goldenJson<Record<string, unknown>>("metrics/ms-clap-tiny/gpt2/tokenizer.json");
const replace = (pattern: object, content = " ") => ({ type: "Replace", pattern, content });

describe("checkTokeniserFile", () => {
  it.each([
    ["T5", t5],
    ["GPT-2", gpt2],
    [
      "T5 as newer exporters write it",
      { ...t5, normalizer: { type: "Sequence", normalizers: [t5["normalizer"], replace({ Regex: " {2,}" })] } },
    ],
    ["no steps", { ...t5, normalizer: null, pre_tokenizer: null }],
  ])("lets %s through", (_, file) => {
    checkTokeniserFile(file, "hint");
  });
  it.each([
    [
      "a pattern that backtracks",
      { ...t5, normalizer: replace({ Regex: "(a+)+$" }) },
      /"normalizer.pattern.Regex" is "\(a\+\)\+\$", which is none of the patterns/,
    ],
    [
      "the same between words",
      { ...gpt2, pre_tokenizer: { type: "Split", pattern: { Regex: "(a|a)*b" }, behavior: "Isolated" } },
      /none of the patterns/,
    ],
    [
      "the same in a sequence",
      { ...t5, normalizer: { type: "Sequence", normalizers: [replace({ Regex: ".*.*=.*" })] } },
      /"normalizer.0.pattern/,
    ],
    [
      "a replacement that grows",
      { ...t5, normalizer: replace({ String: "a" }, "a".repeat(1e6)) },
      /"normalizer.content" is "a{80}…"; a text of at most 4/,
    ],
    [
      "many steps",
      { ...t5, normalizer: { type: "Sequence", normalizers: new Array(1e5).fill(replace({ String: "a" }, "aaaa")) } },
      /a list of at most 8/,
    ],
    ["a step that is not known", { ...t5, normalizer: { type: "Bert" } }, /"normalizer.type" is "Bert"/],
    ["a model that is not known", { ...t5, model: { type: "WordLevel" } }, /"model.type" is "WordLevel"; Unigram, BPE are known/],
    [
      "pieces that are none",
      {
        ...t5,
        model: {
          type: "Unigram",
          unk_id: 0,
          vocab: [
            ["a", 0],
            [7, 0],
          ],
        },
      },
      /"model.vocab.1.0" is 7/,
    ],
    ["a token of nothing", { ...t5, added_tokens: [{ id: 0, content: "" }] }, /is empty/],
    ["a list", [1], /is a list|is \[1\]/],
  ])("refuses %s", (_, file, message) => {
    expect(() => checkTokeniserFile(file, "Take another.")).toThrow(
      expect.objectContaining({ code: "bad-file", message: expect.stringMatching(message) }),
    );
  });
});
