/** A word-level tokeniser that needs no downloaded file: its vocabulary is a list of words in the model's configuration. */

/** Ids below the first word. */
export const PADDING_ID = 0;
/** Id of every word that is not in the vocabulary. */
export const UNKNOWN_ID = 1;
/** Id of the first word of the vocabulary. */
export const FIRST_WORD_ID = 2;

/** Text → ids. */
export interface WordTokeniser {
  /** Ids of up to `length` words, padded; mask 1 for words. Words the model does not know share one id. */
  encode(text: string): { readonly ids: BigInt64Array; readonly mask: Float32Array };
  /** The words of a text that are not in the vocabulary, for a hint to the user. */
  unknown(text: string): readonly string[];
}

const MAX_CHARACTERS = 10_000;
const endings = ["s", "es", "ed", "d", "ing", "ly"];

/** Words of a text: lower case, NFKC, letters and digits; a text longer than 10,000 characters is cut. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .slice(0, MAX_CHARACTERS)
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{Letter}\p{Number}]+/gu) ?? []
  );
}

/**
 * Makes a tokeniser for a list of words.
 *
 * @param vocabulary - Lower-case words; the order gives the ids.
 * @param length - Rows, padding included.
 */
export function wordTokeniser(vocabulary: readonly string[], length: number): WordTokeniser {
  const idOf = new Map(vocabulary.map((word, i) => [word, i + FIRST_WORD_ID]));
  const lookUp = (word: string): number => {
    const exact = idOf.get(word);
    if (exact !== undefined) return exact;
    for (const ending of endings) {
      if (word.endsWith(ending)) {
        const stem = word.slice(0, -ending.length);
        const found = idOf.get(stem) ?? idOf.get(`${stem}e`);
        if (found !== undefined) return found;
      }
      const longer = idOf.get(word + ending);
      if (longer !== undefined) return longer;
    }
    return UNKNOWN_ID;
  };
  return {
    encode(text) {
      const ids = new BigInt64Array(length);
      const mask = new Float32Array(length);
      wordsOf(text)
        .slice(0, length)
        .forEach((word, i) => {
          ids[i] = BigInt(lookUp(word));
          mask[i] = 1;
        });
      return { ids, mask };
    },
    unknown: (text) => wordsOf(text).filter((word) => lookUp(word) === UNKNOWN_ID),
  };
}
