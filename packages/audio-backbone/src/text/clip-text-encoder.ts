/** CLIP's words as a text encoder: a `tokenizer.json` and the tower of `clip-text.ts`. */
import type { ParameterSource, TextEncoder } from "@foley-control/core";
import { graph, input } from "@foley-control/graph";
import { openBytePairs } from "./byte-pairs.js";
import { cleanText } from "./clean-text.js";
import { type ClipTextConfig, clipTextTower } from "./clip-text.js";

/** What it is made of. */
export interface ClipTextParts {
  /** Shape of the network, see `readClipTextConfig`. */
  readonly config: ClipTextConfig;
  /** Its tensors under the names of open_clip. */
  readonly weights: ParameterSource;
  /** Parsed `tokenizer.json` of a CLIP; all have the same words. */
  readonly tokeniser: unknown;
}

/** Tokens around a text, as `tokenizer.json` calls them, and as open_clip calls them, which reads them inside of texts too. */
const ENDS = ["<|startoftext|>", "<|endoftext|>"] as const;
const ENDS_IN_TEXTS = ["<start_of_text>", "<end_of_text>"] as const;

/**
 * The encoder. Rows of padding have the id 0, as open_clip has it, whatever the file says, and are computed like any other.
 *
 * @throws FoleyError `bad-file` for a tokeniser that cannot be read, is another's, or knows more words than the network
 */
export function clipTextEncoder({ config, weights, tokeniser }: ClipTextParts): TextEncoder {
  const { rows, width, depth, vocabulary } = config;
  const pairs = openBytePairs(tokeniser, vocabulary, "a CLIP, such as openai/clip-vit-large-patch14");
  const [start, end] = pairs.idsOf(ENDS) as [number, number];
  return {
    specificationVersion: "v1",
    kind: "text-encoder",
    id: `clip-text/${depth}x${width}`,
    length: rows,
    padding: "computed",
    tokenWidth: width,
    weights,
    tokenise(text, length = rows) {
      const cleaned = ENDS_IN_TEXTS.reduce((words, tag, i) => words.replaceAll(tag, ENDS[i] as string), cleanText(text));
      const found = [start, ...pairs.encode(cleaned), end].slice(0, length);
      found[found.length - 1] = end;
      const ids = new BigInt64Array(length);
      for (const [row, id] of found.entries()) ids[row] = BigInt(id);
      return { ids, mask: new Float32Array(length).fill(1, 0, found.length) };
    },
    graph({ batch = 1, rows: length = rows } = {}) {
      const ids = input("ids", [batch, length], "int64");
      const mask = input("mask", [batch, length]);
      return graph("clip text", [ids, mask], { tokens: clipTextTower(ids, { ...config, rows: length }) });
    },
  };
}
