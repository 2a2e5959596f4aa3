/** RoBERTa's byte-level tokeniser from a `tokenizer.json`, read by `@huggingface/tokenizers`. */
import { FoleyError } from "@foley-control/core";
import { Tokenizer } from "@huggingface/tokenizers";

/** A text as rows for a network. */
export interface TokenRows {
  /** One id per row, padding at the end. */
  readonly ids: BigInt64Array<ArrayBuffer>;
  /** 1 for rows of the text, 0 for padding. */
  readonly mask: Float32Array<ArrayBuffer>;
}

/** Characters of a text that are read. */
const MAX_CHARACTERS = 10_000;
/** Rows of the embedding table as released. */
export const ROBERTA_VOCABULARY = 50_265;

/**
 * Makes the function that turns a text into ids and mask of `length` rows: `<s>`, the pieces, cut where they would leave no room for
 * `</s>`, then `</s>`, then padding. Of texts longer than 10,000 characters the beginning is read.
 *
 * @param json - Parsed `tokenizer.json`, e.g. of FacebookAI/roberta-base.
 * @param length - Rows, `<s>`, `</s>` and padding included.
 * @param vocabulary - Rows of the network's embedding table. Default {@link ROBERTA_VOCABULARY}.
 * @throws FoleyError `bad-file` when the tokeniser cannot be read, lacks a special token, or knows ids that the network has no embedding
 * for
 */
export function robertaTokeniser(json: unknown, length: number, vocabulary = ROBERTA_VOCABULARY): (text: string) => TokenRows {
  const tokeniser = open(json);
  const known = tokeniser.get_vocab();
  const largest = [...known.values()].reduce((top, id) => Math.max(top, id), 0);
  if (largest >= vocabulary) throw bad(`tokenizer.json has ids up to ${largest}, the network has embeddings of ${vocabulary}.`);
  const [first, last, padding] = ["<s>", "</s>", "<pad>"].map((token) => {
    const id = known.get(token);
    if (id === undefined) throw bad(`tokenizer.json has no token ${token}.`);
    return id;
  }) as [number, number, number];
  return (text) => {
    const { ids: pieces } = tokeniser.encode(text.slice(0, MAX_CHARACTERS), { add_special_tokens: false });
    const rows = [first, ...pieces.slice(0, length - 2), last];
    const ids = new BigInt64Array(length).fill(BigInt(padding));
    for (const [row, id] of rows.entries()) ids[row] = BigInt(id);
    return { ids, mask: new Float32Array(length).fill(1, 0, rows.length) };
  };
}

function open(json: unknown): Tokenizer {
  try {
    return new Tokenizer(json as object, {});
  } catch (cause) {
    throw bad(`tokenizer.json cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, cause);
  }
}

const bad = (message: string, cause?: unknown) =>
  new FoleyError("bad-file", message, { hint: "Take the tokenizer.json of FacebookAI/roberta-base.", cause });
