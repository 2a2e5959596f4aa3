/** T5 as the text encoder of a backbone. */
import { FoleyError, type ParameterSource, type TextEncoder } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { readT5Config } from "./t5-config.js";
import { t5EncoderStates } from "./t5-encoder.js";
import { t5Tokeniser } from "./t5-tokeniser.js";

/** The files of a T5 folder, opened. */
export interface T5Files {
  /** Parsed `config.json`. */
  readonly config: unknown;
  /** Parsed `tokenizer.json`. */
  readonly tokenizer: unknown;
  /** `model.safetensors`, under the names of Hugging Face transformers; a decoder in it is not read. */
  readonly weights: ParameterSource;
}

/**
 * T5's encoder with its tokeniser. Rows of padding are exactly zero.
 *
 * @param length - Rows of a text, `</s>` and padding included, e.g. 128.
 * @throws FoleyError `bad-file` when the configuration or the tokeniser cannot be used.
 */
export function t5TextEncoder(files: T5Files, length: number): TextEncoder {
  if (!Number.isInteger(length) || length < 1) {
    throw new FoleyError("invalid-argument", `length is ${length}.`, { hint: "Give the number of token rows, e.g. 128." });
  }
  const config = readT5Config(files.config);
  return {
    specificationVersion: "v1",
    kind: "text-encoder",
    id: `t5/${config.layers}x${config.width}`,
    length,
    tokenWidth: config.width,
    padding: "zero",
    weights: tableUnderEitherName(files.weights),
    tokenise: t5Tokeniser(files.tokenizer, config, length),
    graph(options) {
      const batch = options?.batch ?? 1;
      const ids = input("ids", [batch, length], "int64");
      const mask = input("mask", [batch, length]);
      const tokens = ops.multiply(t5EncoderStates(config, ids, mask), ops.reshape(mask, [batch, length, 1]));
      return graph("text-encoder", [ids, mask], { tokens });
    },
  };
}

/** `shared.weight` and `encoder.embed_tokens.weight` are one table; a file may hold it under either name. */
function tableUnderEitherName(weights: ParameterSource): ParameterSource {
  if (weights.get("shared.weight") !== undefined) return weights;
  return {
    names: () => weights.names().map((name) => (name === "encoder.embed_tokens.weight" ? "shared.weight" : name)),
    get: (name) => weights.get(name === "shared.weight" ? "encoder.embed_tokens.weight" : name),
  };
}
