/** The smallest tokeniser of CLIP that reads any word, in tests and in pages. */

/** `tokenizer.json`: its pieces are letters. */
export const letters = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
  model: {
    type: "BPE",
    vocab: Object.fromEntries(
      ["<|startoftext|>", "<|endoftext|>", "\u0120", ..."abcdefghijklmnopqrstuvwxyz"].map((piece, id) => [piece, id]),
    ),
    merges: [],
  },
};
