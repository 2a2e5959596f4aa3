/** TangoFlux from a folder, as it is downloaded: configuration read, weights used in place. */
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type AudioBackbone, FoleyError, type ParameterSource } from "@foley-control/core";
import { notReadable, readJsonFile } from "@foley-control/files/node";
import { checkParameters } from "@foley-control/weights";
import { openCheckpoint } from "@foley-control/weights/node";
import { parametersRead } from "../release-parts.js";
import { t5TextEncoder } from "../text/t5.js";
import { tangofluxCodec } from "./autoencoder.js";
import { tangoflux } from "./backbone.js";
import { readTangofluxConfig, type TangofluxConfig } from "./config.js";
import { TANGOFLUX_FILES } from "./release-row.js";

/** Options of {@link openTangoflux}. */
export interface OpenTangofluxOptions {
  /**
   * Folder of the FLAN-T5, of which `config.json` and `tokenizer.json` are read: its weights are in the release. Default: a folder of its name in the
   * release or beside it, or any folder in the release that holds a T5.
   */
  readonly t5?: string | undefined;
}

/** Most bytes of a JSON file that is read. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
/** Most tokens of a prompt that are read: those of FLAN-T5's tokeniser, unless its `tokenizer_config.json` says fewer. */
const TOKENS = 512;
/** Before the text encoder's names in the release. */
const TEXT = "text_encoder.";

/**
 * Opens TangoFlux. Its weights are for research alone.
 *
 * @param folder - the release as downloaded
 * @throws FoleyError `bad-file` when a file is missing or damaged, naming it; `bad-weights` naming the tensors that are missing, unknown or of
 * another shape
 * @example
 * ```ts
 * const backbone = await openTangoflux("./TangoFlux", { t5: "./flan-t5-large" });
 * ```
 */
export async function openTangoflux(folder: string, options: OpenTangofluxOptions = {}): Promise<AudioBackbone> {
  const root = resolve(folder);
  const needed = async (name: string) => {
    if (await isFile(join(root, name))) return join(root, name);
    throw new FoleyError("bad-file", `${root} has no ${name}.`, {
      hint: "Give the folder of declare-lab/TangoFlux as downloaded: config.json, tangoflux.safetensors (5 GB) and vae.safetensors.",
    });
  };
  const config = readTangofluxConfig(await readJson(await needed(TANGOFLUX_FILES.config)));
  const network = await openCheckpoint(await needed(TANGOFLUX_FILES.network));
  const vae = await openCheckpoint(await needed(TANGOFLUX_FILES.codec));
  const words = await findT5(root, basename(config.textEncoder), options.t5);
  const text = t5TextEncoder({ ...words, weights: behind(network, TEXT) }, words.tokens, { padding: "computed" });
  const backbone = tangoflux({ config, network, text, codec: tangofluxCodec(vae) });
  const size = { frames: 1, rows: { tokens: 1 } };
  checkParameters(
    network,
    [
      ...parametersRead(backbone.conditionGraph(size), backbone.denoiser.graph(size)),
      ...parametersRead(text.graph({ rows: 1 })).map(({ name, ...rest }) => ({ name: `${TEXT}${name}`, ...rest })),
    ],
    { label: network.path, ignore: network.names().filter((name) => isUnread(name, config)) },
  );
  checkParameters(vae, parametersRead(backbone.codec.decodeGraph({ frames: 1 })), {
    label: vae.path,
    ignore: vae.names().filter((name) => name.startsWith("encoder.")),
  });
  return backbone;
}

/**
 * Whether a release holds a tensor that no graph reads: the table of words under its second name, and what the last block does to the rows of text
 * where no single block reads them.
 */
function isUnread(name: string, { doubleBlocks, singleBlocks }: TangofluxConfig): boolean {
  if (name === `${TEXT}encoder.embed_tokens.weight`) return true;
  const last = `transformer.transformer_blocks.${doubleBlocks - 1}.`;
  return singleBlocks === 0 && ["attn.to_add_out.", "ff_context."].some((part) => name.startsWith(`${last}${part}`));
}

/** The tensors behind a prefix, without it. */
const behind = (source: ParameterSource, prefix: string): ParameterSource => ({
  names: () => source.names().flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])),
  get: (name) => source.get(`${prefix}${name}`),
});

/** Configuration and tokeniser of the FLAN-T5, where the caller says, or where they lie. */
async function findT5(root: string, name: string, given: string | undefined) {
  const inside = async () => {
    const entries = await readdir(root, { withFileTypes: true }).catch((cause: unknown) => {
      throw notReadable(`"${root}"`, cause, "Give the folder of a TangoFlux as downloaded.");
    });
    return entries.flatMap((entry) => (entry.isDirectory() ? [join(root, entry.name)] : []));
  };
  const candidates = given === undefined ? [join(root, name), resolve(root, "..", name), ...(await inside())] : [resolve(given)];
  for (const folder of candidates) {
    const [config, tokenizer] = [join(folder, "config.json"), join(folder, "tokenizer.json")];
    if (!((await isFile(config)) && (await isFile(tokenizer)))) continue;
    return { config: await readJson(config), tokenizer: await readJson(tokenizer), tokens: await tokensOf(folder) };
  }
  throw new FoleyError("bad-file", `The tokeniser of ${name} was not found; looked in ${candidates.slice(0, 5).join(", ")}.`, {
    hint: `Get config.json and tokenizer.json of google/${name} and give their folder as the option "t5"; its weights are not needed.`,
  });
}

/** How many tokens of a prompt are read. */
async function tokensOf(folder: string): Promise<number> {
  const path = join(folder, "tokenizer_config.json");
  const said = (await isFile(path)) ? ((await readJson(path)) as { readonly model_max_length?: unknown } | null) : undefined;
  const most = said?.model_max_length;
  return typeof most === "number" && most >= 1 ? Math.min(TOKENS, Math.trunc(most)) : TOKENS;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const readJson = (path: string): Promise<unknown> => readJsonFile(path, { limit: MAX_JSON_BYTES, hint: "Download it again." });
