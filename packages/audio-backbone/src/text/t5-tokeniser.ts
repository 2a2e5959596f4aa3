/**
 * T5's SentencePiece tokeniser from a `tokenizer.json`: `@huggingface/tokenizers` finds the pieces; the character map before it, which
 * that library approximates, is executed exactly.
 */
import { FoleyError } from "@foley-control/core";
import { checkTokeniserFile } from "@foley-control/weights";
import { type Normalizer, PrecompiledNormalizer, SequenceNormalizer, Tokenizer } from "@huggingface/tokenizers";
import { characterMap } from "./t5-character-map.js";
import type { T5Config } from "./t5-config.js";

/** Characters of a text that are read. */
const MAX_CHARACTERS = 10_000;

/**
 * Makes the function that turns a text into ids and mask of `length` entries: the pieces, cut where they would leave no room for
 * `</s>`, then `</s>`, then padding. Of texts longer than 10,000 characters the beginning is read.
 *
 * @param json - Parsed `tokenizer.json`.
 * @param length - Rows where the call does not say how many, `</s>` and padding included.
 * @throws FoleyError `bad-file` when the tokeniser cannot be read or knows ids that the network has no embedding for.
 */
export function t5Tokeniser(
  json: unknown,
  { vocabulary, padId, endId }: Pick<T5Config, "vocabulary" | "padId" | "endId">,
  length: number,
): (text: string, rows?: number) => { readonly ids: BigInt64Array; readonly mask: Float32Array } {
  const tokeniser = open(json);
  // By the length of the list: one id of billions makes it long, and nothing else, while a map of it takes minutes.
  const { model } = tokeniser as unknown as { readonly model: { readonly vocab: readonly unknown[] } };
  const largest = Math.max(0, model.vocab.length - 1);
  if (!(largest < vocabulary)) {
    const what = `tokenizer.json has ids up to ${largest}, the T5 config.json has vocab_size ${vocabulary}.`;
    throw new FoleyError("bad-file", what, { hint: "Take tokenizer.json and config.json from the same model." });
  }
  return (text, rows = length) => {
    const pieces = tokeniser.encode(text.slice(0, MAX_CHARACTERS), { add_special_tokens: false }).ids.slice(0, rows - 1);
    // Where a file names no piece for what it does not know.
    if (!pieces.every((id) => Number.isSafeInteger(id) && id >= 0))
      throw new FoleyError("bad-file", "tokenizer.json finds pieces that have no id.", { hint: "Take the file of a T5 model." });
    const ids = new BigInt64Array(rows).fill(BigInt(padId));
    const mask = new Float32Array(rows);
    for (const [row, id] of [...pieces, endId].entries()) {
      ids[row] = BigInt(id);
      mask[row] = 1;
    }
    return { ids, mask };
  };
}

function open(json: unknown): Tokenizer {
  const hint = "Take the file of a T5 model.";
  checkTokeniserFile(json, hint);
  try {
    // The decoder and what stands around a text are not used, so what a file says of them is not read.
    const tokeniser = new Tokenizer({ ...(json as object), decoder: null, post_processor: null }, {});
    const map = exact(tokeniser.normalizer);
    tokeniser.normalizer = splitsAtSpaces(json) && map ? new NextLineAsSpace(map) : map;
    return tokeniser;
  } catch (cause) {
    if (FoleyError.isInstance(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FoleyError("bad-file", `tokenizer.json cannot be read: ${why}.`, { hint, cause });
  }
}

/** The same normaliser with every character map executed as stored. */
function exact(normaliser: Normalizer | null): Normalizer | null {
  if (normaliser instanceof SequenceNormalizer) normaliser.normalizers = normaliser.normalizers.map(exact);
  return normaliser instanceof PrecompiledNormalizer ? new StoredCharacterMap(String(normaliser.charsmap)) : normaliser;
}

/** Whether words are separated before pieces are found. */
const splitsAtSpaces = (json: unknown): boolean =>
  JSON.stringify((json as { readonly pre_tokenizer?: unknown }).pre_tokenizer ?? null).includes('"WhitespaceSplit"');

/** Words end at a next line (U+0085) too, which Unicode and the reference take for a space, and JavaScript's `\s` does not. */
class NextLineAsSpace extends SequenceNormalizer {
  readonly #before: Normalizer;

  constructor(before: Normalizer) {
    super({ type: "Sequence", normalizers: [] });
    this.#before = before;
  }

  override normalize(text: string): string {
    return this.#before.normalize(text).replaceAll("\u0085", " ");
  }
}

class StoredCharacterMap extends PrecompiledNormalizer {
  readonly #map: (text: string) => string;

  constructor(base64: string) {
    super({ type: "Precompiled", precompiled_charsmap: base64 });
    this.#map = characterMap(base64);
  }

  override normalize(text: string): string {
    return this.#map(text);
  }
}
