/** T5Gemma's encoder as the text encoder of a backbone. */
import { FoleyError, type ParameterSource, type TextEncoder } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { openBytePairs, tokenRows } from "./byte-pairs.js";
import { readT5GemmaConfig } from "./t5gemma-config.js";
import { t5GemmaStates } from "./t5gemma-encoder.js";

/** The files of a T5Gemma folder, opened. */
export interface T5GemmaFiles {
  /** Parsed `config.json`. */
  readonly config: unknown;
  /** Parsed `tokenizer.json`. */
  readonly tokenizer: unknown;
  /** `model.safetensors`, under the names of Hugging Face transformers; a decoder in it is not read. */
  readonly weights: ParameterSource;
}

/**
 * The encoder with its tokeniser, which puts nothing around a text: an empty one has no token. Rows of padding are exactly zero.
 *
 * @param length - Most rows of a text, e.g. 256.
 * @throws FoleyError `bad-file` when the configuration or the tokeniser cannot be used.
 */
export function t5GemmaTextEncoder(files: T5GemmaFiles, length: number): TextEncoder {
  const config = readT5GemmaConfig(files.config);
  if (!Number.isInteger(length) || length < 1 || length > config.window)
    throw new FoleyError(
      "invalid-argument",
      `Texts are of ${length} token rows; the T5Gemma reads 1 to ${config.window}: its sliding_window, beyond which some of its layers would not see.`,
      { hint: "Give fewer rows (max_length of the prompt in model_config.json), or the config.json of the release's T5Gemma." },
    );
  const pairs = openBytePairs(files.tokenizer, config.vocabulary, "the T5Gemma that the release holds");
  return {
    specificationVersion: "v1",
    kind: "text-encoder",
    id: `t5gemma/${config.layers}x${config.width}`,
    length,
    tokenWidth: config.width,
    padding: "zero",
    weights: files.weights,
    tokenise: (text, rows = length) => tokenRows(pairs.encode(text), rows, config.padId),
    graph({ batch = 1, rows = length } = {}) {
      const ids = input("ids", [batch, rows], "int64");
      const mask = input("mask", [batch, rows]);
      const tokens = ops.multiply(t5GemmaStates(config, ids, mask), ops.reshape(mask, [batch, rows, 1]));
      return graph("text-encoder", [ids, mask], { tokens });
    },
  };
}
