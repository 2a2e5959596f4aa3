/** MS-CLAP's rows for texts, on a small vocabulary; the expected ids are those of transformers with `add_special_tokens({"pad_token": "!"})`. */
import { describe, expect, test } from "vitest";
import { gpt2Tokeniser } from "./gpt2-tokeniser.js";

const END = "<|endoftext|>";
/** `Ġ` is the byte-level form of a space. */
const pieces = ["!", "d", "o", "g", "Ġ", "b", "a", "r", "k", "do", "dog", "Ġb", "Ġba", "!!", "Ã", "©", END];
const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
const ending = { id: 16, content: END, single_word: false, lstrip: false, rstrip: false, normalized: true, special: true };
const json = {
  version: "1.0",
  added_tokens: [ending],
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: { type: "ByteLevel", add_prefix_space: true, trim_offsets: false },
  decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true },
  model: {
    type: "BPE",
    vocab,
    merges: ["d o", "do g", "Ġ b", "Ġb a", "! !"],
    unk_token: null,
    continuing_subword_prefix: "",
    end_of_word_suffix: "",
  },
};
const read = gpt2Tokeniser(json, 12, pieces.length);

describe("rows", () => {
  test.each([
    ["dog bark", [10, 12, 7, 8, 4, 16]],
    ["dog! bark", [10, 0, 12, 7, 8, 4, 16]],
    ["dog!! bark!", [10, 0, 0, 12, 7, 8, 0, 4, 16]],
    ["é", [14, 15, 4, 16]],
    ["", [4, 16]],
    [" dog", [4, 10, 4, 16]],
  ])("of %j are those of transformers", (text, ids) => {
    const rows = read(text);
    expect([...rows.ids].map(Number)).toEqual([...ids, ...Array.from({ length: 12 - ids.length }, () => 0)]);
    expect([...rows.mask]).toEqual(Array.from({ length: 12 }, (_, i) => (i < ids.length ? 1 : 0)));
  });

  test("end as they must when a text is cut", () => {
    const cut = gpt2Tokeniser(json, 4, pieces.length);
    expect([...cut("dog bark bark").ids].map(Number)).toEqual([10, 12, 7, 16]);
    expect([...cut("dog".repeat(9000)).ids].map(Number)).toEqual([10, 10, 10, 16]);
  });
});

describe("files", () => {
  test("with ids beyond the network's are refused", () => {
    expect(() => gpt2Tokeniser(json, 8, 16)).toThrow(/ids up to 16, the network has embeddings of 16/);
  });

  test("without the ending are refused, with what to take", () => {
    const { [END]: _, ...rest } = vocab;
    const without = { ...json, added_tokens: [], model: { ...json.model, vocab: rest } };
    expect(() => gpt2Tokeniser(without, 8, 17)).toThrow(/no token <\|endoftext\|>.*openai-community\/gpt2/s);
  });
});
