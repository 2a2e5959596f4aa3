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

/** Options of {@link t5TextEncoder}. */
export interface T5TextOptions {
  /**
   * `"zero"`: always as many rows, those of padding exactly zero, as Stable Audio has them. `"computed"`: as many rows as the longest of the texts
   * that are read together, those of padding as the encoder gives them, as TangoFlux has them. Default `"zero"`.
   */
  readonly padding?: TextEncoder["padding"] | undefined;
}

/**
 * T5's encoder with its tokeniser.
 *
 * @param length - Most rows of a text, `</s>` and padding included, e.g. 128.
 * @throws FoleyError `bad-file` when the configuration or the tokeniser cannot be used.
 */
export function t5TextEncoder(files: T5Files, length: number, { padding = "zero" }: T5TextOptions = {}): TextEncoder {
  if (!Number.isInteger(length) || length < 1) {
    throw new FoleyError("invalid-argument", `length is ${length}.`, { hint: "Give the number of token rows, e.g. 128." });
  }
  const config = readT5Config(files.config);
  const tokenise = t5Tokeniser(files.tokenizer, config, length);
  const rowsOf = (text: string) => tokenise(text).mask.reduce((sum, one) => sum + one, 0);
  return {
    specificationVersion: "v1",
    kind: "text-encoder",
    id: `t5/${config.layers}x${config.width}`,
    length,
    tokenWidth: config.width,
    padding,
    ...(padding === "computed" && { rowsFor: (texts: readonly string[]) => Math.max(1, ...texts.map(rowsOf)) }),
    weights: tableUnderEitherName(files.weights),
    tokenise,
    graph({ batch = 1, rows = length } = {}) {
      const ids = input("ids", [batch, rows], "int64");
      const mask = input("mask", [batch, rows]);
      const states = t5EncoderStates(config, ids, mask);
      const tokens = padding === "computed" ? states : ops.multiply(states, ops.reshape(mask, [batch, rows, 1]));
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
