/** RoBERTa's rows for texts, on a small vocabulary of bytes and merges. */
import { describe, expect, test } from "vitest";
import { robertaTokeniser } from "./roberta-tokeniser.js";

/** `Ġ` is the byte-level form of a space. */
const pieces = ["<s>", "<pad>", "</s>", "<unk>", "d", "o", "g", "Ġ", "b", "a", "r", "k", "s", "do", "dog", "Ġb", "Ġba", "Ã", "©"];
const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
const special = (content: string) => ({
  id: vocab[content],
  content,
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
});
const json = {
  version: "1.0",
  added_tokens: ["<s>", "<pad>", "</s>", "<unk>"].map(special),
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: { type: "RobertaProcessing", sep: ["</s>", 2], cls: ["<s>", 0], trim_offsets: true, add_prefix_space: false },
  decoder: { type: "ByteLevel" },
  model: {
    type: "BPE",
    vocab,
    merges: ["d o", "do g", "Ġ b", "Ġb a"],
    unk_token: "<unk>",
    continuing_subword_prefix: "",
    end_of_word_suffix: "",
  },
};
const idsOf = (text: string, length = 8) => Array.from(robertaTokeniser(json, length, pieces.length)(text).ids, Number);

describe("rows", () => {
  test("are merged bytes between <s> and </s>, then padding", () => {
    expect(idsOf("dog bark")).toEqual([0, 14, 16, 10, 11, 2, 1, 1]);
    expect(robertaTokeniser(json, 8, 19)("dog bark").mask).toEqual(Float32Array.of(1, 1, 1, 1, 1, 1, 0, 0));
    expect(idsOf("")).toEqual([0, 2, 1, 1, 1, 1, 1, 1]);
    expect(idsOf("é")).toEqual([0, 17, 18, 2, 1, 1, 1, 1]);
  });

  test("keep their end when a text is cut", () => {
    expect(idsOf("dog bark bark", 5)).toEqual([0, 14, 16, 10, 2]);
    expect(idsOf("dog".repeat(9000), 4)).toEqual([0, 14, 14, 2]);
  });
});

describe("files", () => {
  test("with ids beyond the network's are refused", () => {
    expect(() => robertaTokeniser(json, 8, 18)).toThrow(/ids up to 18, the network has embeddings of 18/);
  });

  test("without a special token are refused", () => {
    const { "</s>": _, ...rest } = vocab;
    const without = { ...json, added_tokens: [], model: { ...json.model, vocab: rest } };
    expect(() => robertaTokeniser(without, 8, 19)).toThrow(/no token <\/s>/);
  });

  test.each([null, 7, {}])("%j is no tokeniser", (found) => {
    expect(() => robertaTokeniser(found, 8)).toThrow(/tokenizer\.json cannot be read/);
  });
});
