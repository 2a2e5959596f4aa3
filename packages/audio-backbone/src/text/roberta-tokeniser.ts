/** RoBERTa's byte-level tokeniser. */
import { openBytePairs, type TokenRows, tokenRows } from "./byte-pairs.js";

/** Rows of the embedding table as released. */
const ROBERTA_VOCABULARY = 50_265;

/**
 * Makes the function that turns a text into ids and mask of `length` rows: `<s>`, the pieces, cut where they would leave no room for
 * `</s>`, then `</s>`, then padding. Of texts longer than 10,000 characters the beginning is read.
 *
 * @param json - Parsed `tokenizer.json`, e.g. of FacebookAI/roberta-base.
 * @param length - Rows, `<s>`, `</s>` and padding included.
 * @param vocabulary - Rows of the network's embedding table. Default: as released.
 * @throws FoleyError `bad-file` when the tokeniser cannot be read, lacks a special token, or knows ids that the network has no embedding
 * for
 */
export function robertaTokeniser(json: unknown, length: number, vocabulary = ROBERTA_VOCABULARY): (text: string) => TokenRows {
  const pairs = openBytePairs(json, vocabulary, "FacebookAI/roberta-base");
  const [first, last, padding] = pairs.idsOf(["<s>", "</s>", "<pad>"]) as [number, number, number];
  return (text) => tokenRows([first, ...pairs.encode(text).slice(0, length - 2), last], length, padding);
}
