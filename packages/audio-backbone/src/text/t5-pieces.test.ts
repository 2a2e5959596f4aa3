/** A tokeniser that has no piece for what it does not know says so. */
import { expect, it } from "vitest";
import { t5Tokeniser } from "./t5-tokeniser.js";

it("pieces without an id are an error of the file", () => {
  const json = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    model: { type: "BPE", vocab: { a: 0 }, merges: [], unk_token: "<unk>" },
  };
  const tokenise = t5Tokeniser(json, { vocabulary: 10, padId: 0, endId: 1 }, 8);
  expect(() => tokenise("xyz")).toThrow(
    expect.objectContaining({ code: "bad-file", message: expect.stringMatching(/pieces that have no id/) }),
  );
});
