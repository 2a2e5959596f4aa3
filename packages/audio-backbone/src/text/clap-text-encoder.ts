/**
 * LAION-CLAP's words as a text encoder, as Stable Audio 2.0 is conditioned (stable-audio-tools, `CLAPTextConditioner` with `use_text_features`): the
 * states of the last block but one.
 */
import { FoleyError, type ParameterSource, type TextEncoder } from "@foley-control/core";
import { graph, input, parametersOf } from "@foley-control/graph";
import { checkParameters } from "@foley-control/weights";
import { CLAP_UNREAD, type ClapTextConfig, clapText } from "./clap-text.js";
import { robertaTokeniser } from "./roberta-tokeniser.js";

/** What it is made of. */
export interface ClapTextParts {
  /** Shape of the tower, see `readClapTextConfig`. */
  readonly config: ClapTextConfig;
  /** Its tensors, under LAION's names or those of the hub. */
  readonly weights: ParameterSource;
  /** Parsed `tokenizer.json`: that of roberta-base. */
  readonly tokeniser: unknown;
  /** Which states are the tokens: 0 those of the embeddings, −1 those of the last block. Default −2, as Stable Audio 2.0 says. */
  readonly layer?: number | undefined;
  /** What to call the weights in errors. Default: the tower's name. */
  readonly label?: string | undefined;
}

/** Rows of a text in training. */
const ROWS = 77;
/** Rows of the position table that are no token's. */
const UNUSED_POSITIONS = 2;

/**
 * The encoder. Rows of padding are computed like any other and not set to zero: what reads them was trained so.
 *
 * @throws FoleyError `bad-file` for a tokeniser that cannot be read or knows more words than the tower; `bad-weights` naming the tensors that are
 * missing, unknown or of another shape; `invalid-argument` for a layer that it has not
 */
export function clapTextEncoder({ config, weights, tokeniser, layer = -2, label }: ClapTextParts): TextEncoder {
  const { width, depth, vocabulary, positions } = config;
  const length = Math.min(ROWS, positions - UNUSED_POSITIONS);
  if (!Number.isInteger(layer) || layer > depth || layer < -depth - 1)
    throw new FoleyError("invalid-argument", `layer is ${layer}; the tower has the states 0 to ${depth}.`, {
      hint: "Count from the end with negative numbers: -2 is what Stable Audio 2.0 reads.",
    });
  const rows = (count: number) => robertaTokeniser(tokeniser, count, vocabulary);
  const whole = rows(length);
  const made = (batch: number, count: number) => {
    const [ids, mask] = [input("ids", [batch, count], "int64"), input("mask", [batch, count])];
    return { inputs: [ids, mask], ...clapText(ids, mask, config) };
  };
  const { inputs, states, embedding } = made(1, length);
  checkParameters(
    weights,
    [...parametersOf(graph("clap text", inputs, { tokens: states[depth] as (typeof states)[number], embedding }))].map(
      ([name, { shape }]) => ({ name, shape, dtypes: ["float32", "float16"] as const }),
    ),
    { label: label ?? "The weights of LAION-CLAP", ignore: weights.names().filter((name) => CLAP_UNREAD.test(name)) },
  );
  return {
    specificationVersion: "v1",
    kind: "text-encoder",
    id: `clap-text/${depth}x${width}@${layer < 0 ? layer + depth + 1 : layer}`,
    length,
    padding: "computed",
    tokenWidth: width,
    weights,
    tokenise: (text, count = length) => (count === length ? whole : rows(count))(text),
    graph({ batch = 1, rows: count = length } = {}) {
      const { inputs: given, states: all } = made(batch, count);
      return graph("clap text", given, { tokens: all.at(layer) as (typeof all)[number] });
    },
  };
}
