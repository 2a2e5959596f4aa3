/** GPT-2's byte-level tokeniser as MS-CLAP uses it (microsoft/CLAP, `msclap/CLAPWrapper.py`, `preprocess_text`). */
import { openBytePairs, type TokenRows, tokenRows } from "@foley-control/audio-backbone";

/** Rows of the embedding table as released. */
const GPT2_VOCABULARY = 50_257;
/** What ends a text. */
const END = "<|endoftext|>";
/** What stands for padding: in a text it becomes the same token, each mark for itself. */
const PADDING = "!";

/**
 * Makes the function that turns a text into ids and mask of `length` rows: the pieces, a space and `<|endoftext|>`, then padding, which is
 * the exclamation mark. A text that is too long loses its end before the `<|endoftext|>`; the reference has no rule for it, and fails when
 * it reads several. Of texts longer than 10,000 characters the beginning is read.
 *
 * @param json - Parsed `tokenizer.json`, e.g. of openai-community/gpt2.
 * @param length - Rows, `<|endoftext|>` and padding included.
 * @param vocabulary - Rows of the network's embedding table. Default: as released.
 * @throws FoleyError `bad-file` when the tokeniser cannot be read, lacks a token, or knows ids that the network has no embedding for
 */
export function gpt2Tokeniser(json: unknown, length: number, vocabulary = GPT2_VOCABULARY): (text: string) => TokenRows {
  const pairs = openBytePairs(json, vocabulary, "openai-community/gpt2", [PADDING]);
  const [end, padding] = pairs.idsOf([END, PADDING]) as [number, number];
  return (text) => tokenRows([...pairs.encode(`${text} `).slice(0, length - 1), end], length, padding);
}
