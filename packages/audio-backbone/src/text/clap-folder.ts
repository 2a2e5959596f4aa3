/** The text tower of LAION-CLAP from files as they were downloaded: a folder of the hub, or a checkpoint of LAION's with RoBERTa's tokeniser. */
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FoleyError, json, type TextEncoder } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import { openCheckpoint } from "@foley-control/weights/node";
import { type ClapTextOptions, readClapTextConfig } from "./clap-text.js";
import { clapTextEncoder } from "./clap-text-encoder.js";

/** Options of {@link openClapText}. */
export interface OpenClapTextOptions {
  /** The `tokenizer.json` of roberta-base. Default: that of the folder, or of a `roberta-base` in it. */
  readonly tokeniser?: string | undefined;
  /** Which states are the tokens, see `ClapTextParts.layer`. Default −2. */
  readonly layer?: number | undefined;
  /** Heads of each block, for a checkpoint of LAION's of another width than the released ones. */
  readonly heads?: number | undefined;
}

/** Most bytes of a JSON file that is read. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
const WEIGHTS = ["model.safetensors", "pytorch_model.bin"] as const;
const HINT = "Give the folder of a CLAP, such as laion/clap-htsat-unfused as downloaded, or a checkpoint of LAION's.";

const fields = json.object({
  model_type: json.oneOf("clap"),
  text_config: json.object({
    num_attention_heads: json.optional(json.whole(1, 1024)),
    layer_norm_eps: json.optional(json.number(0, 1)),
    // The tower of another activation, padding or kind of positions would be another one.
    hidden_act: json.optional(json.oneOf("gelu")),
    projection_hidden_act: json.optional(json.oneOf("relu")),
    pad_token_id: json.optional(json.whole(1, 1)),
    position_embedding_type: json.optional(json.oneOf("absolute")),
  }),
});

/** What transformers takes where a configuration says nothing. */
const UNSAID = { num_attention_heads: 12, layer_norm_eps: 1e-12 } as const;

/**
 * Opens the text tower.
 *
 * @param path - the folder of a CLAP of the hub, or a checkpoint of LAION's, such as music_speech_audioset_epoch_15_esc_89.98.pt
 * @throws FoleyError `not-found` when there is nothing, `bad-file` naming what is missing or damaged, `bad-weights` naming the tensors that are
 * missing, unknown or of another shape
 * @example
 * ```ts
 * const text = await openClapText("./clap-htsat-unfused");
 * ```
 */
export async function openClapText(path: string, { tokeniser, layer, heads }: OpenClapTextOptions = {}): Promise<TextEncoder> {
  const root = resolve(path);
  const alone = await isFile(root);
  const folder = alone ? dirname(root) : root;
  const file = alone ? root : await firstOf(folder, WEIGHTS, HINT);
  const strip = ["module."];
  // LAION's files keep the tensors beside those of their training; others are what they hold.
  const weights = await openCheckpoint(file, { at: "state_dict", strip }).catch(() => openCheckpoint(file, { strip }));
  const said = alone ? { heads } : await readHub(join(folder, "config.json"));
  const words = tokeniser ?? (await firstOf(folder, ["tokenizer.json", "roberta-base/tokenizer.json"], WORDS));
  const config = readClapTextConfig(weights, said);
  return clapTextEncoder({ config, weights, tokeniser: await read(words), layer, label: file });
}

const WORDS = "Put the tokenizer.json of FacebookAI/roberta-base beside it, or name it as the option tokeniser.";

/** What `config.json` says that tensors do not. */
async function readHub(path: string): Promise<ClapTextOptions> {
  const said = await read(path);
  const problem = fields(said, "");
  if (problem !== undefined) throw new FoleyError("bad-file", `${path} is of no CLAP: ${problem}.`, { hint: HINT });
  const text = { ...UNSAID, ...(said as { readonly text_config: Partial<Record<keyof typeof UNSAID, number>> }).text_config };
  return { heads: text.num_attention_heads, epsilon: text.layer_norm_eps };
}

const read = (path: string): Promise<unknown> => readJsonFile(path, { limit: MAX_JSON_BYTES, hint: "Download it again." });

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** The first of some files that is there. */
async function firstOf(folder: string, names: readonly string[], hint: string): Promise<string> {
  for (const name of names) if (await isFile(join(folder, name))) return join(folder, name);
  throw new FoleyError("bad-file", `${folder} has no ${names.join(" and no ")}.`, { hint });
}
