/** Byte-level tokenisers from a `tokenizer.json`, read by `@huggingface/tokenizers`; RoBERTa and GPT-2 differ in what they put around a text. */
import { FoleyError } from "@foley-control/core";
import { checkTokeniserFile } from "@foley-control/weights";
import { Tokenizer } from "@huggingface/tokenizers";

/** A text as rows for a network. */
export interface TokenRows {
  /** One id per row, padding at the end. */
  readonly ids: BigInt64Array<ArrayBuffer>;
  /** 1 for rows of the text, 0 for padding. */
  readonly mask: Float32Array<ArrayBuffer>;
}

/** A tokeniser that was opened. */
export interface BytePairs {
  /** Ids of a text, of at most its first 10,000 characters, without any tokens around it. */
  encode(text: string): readonly number[];
  /** Ids of tokens that must be there. */
  idsOf(tokens: readonly string[]): readonly number[];
}

/** Characters of a text that are read. */
const MAX_CHARACTERS = 10_000;

/**
 * Opens a tokeniser.
 *
 * @param json - parsed `tokenizer.json`
 * @param vocabulary - rows of the network's embedding table
 * @param source - where the file is from, for hints
 * @param special - pieces that are always a token of their own, whatever follows
 * @throws FoleyError `bad-file` when it cannot be read or knows ids that the network has no embedding for; `idsOf` when it lacks a token
 */
export function openBytePairs(json: unknown, vocabulary: number, source: string, special: readonly string[] = []): BytePairs {
  const bad = (message: string, cause?: unknown) =>
    new FoleyError("bad-file", message, { hint: `Take the tokenizer.json of ${source}.`, cause });
  checkTokeniserFile(json, `Take the tokenizer.json of ${source}.`);
  const opened = (content: unknown): Tokenizer => {
    try {
      return new Tokenizer({ ...(content as object), decoder: null, post_processor: null }, {});
    } catch (cause) {
      throw bad(`tokenizer.json cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
    }
  };
  const plain = opened(json);
  const known = plain.get_vocab();
  const largest = [...known.values()].reduce((top, id) => Math.max(top, id), 0);
  if (largest >= vocabulary) throw bad(`tokenizer.json has ids up to ${largest}, the network has embeddings of ${vocabulary}.`);
  const idsOf = (tokens: readonly string[]) =>
    tokens.map((token) => {
      const id = known.get(token);
      if (id === undefined) throw bad(`tokenizer.json has no token ${token}.`);
      return id;
    });
  const tokeniser = special.length === 0 ? plain : opened(withSpecial(json, special, idsOf(special)));
  return {
    idsOf,
    encode(text) {
      const { ids } = tokeniser.encode(text.slice(0, MAX_CHARACTERS), { add_special_tokens: false });
      // Where a file names no piece for what it does not know.
      if (!ids.every((id) => Number.isSafeInteger(id) && id >= 0)) throw bad("tokenizer.json finds pieces that have no id.");
      return ids;
    },
  };
}

/** The ids, cut to `length` and padded. */
export function tokenRows(ids: readonly number[], length: number, padding: number): TokenRows {
  const rows = new BigInt64Array(length).fill(BigInt(padding));
  const count = Math.min(length, ids.length);
  for (let row = 0; row < count; row++) rows[row] = BigInt(ids[row] as number);
  return { ids: rows, mask: new Float32Array(length).fill(1, 0, count) };
}

/** What transformers' `add_special_tokens` makes of a tokeniser that knows the pieces already. */
function withSpecial(json: unknown, special: readonly string[], ids: readonly number[]): unknown {
  const { added_tokens: added = [] } = json as { readonly added_tokens?: readonly { readonly content: string }[] };
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const more = special.map((content, i) => ({ id: ids[i], content, ...flags }));
  return { ...(json as object), added_tokens: [...added.filter(({ content }) => !special.includes(content)), ...more] };
}
