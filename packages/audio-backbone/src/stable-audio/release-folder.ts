/** A Stable Audio Open release in a folder, as it is downloaded: configuration read, weights used in place. */
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type AudioBackbone, FoleyError, type ParameterSource } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import { openCheckpoint } from "@foley-control/weights/node";
import type { T5Files } from "../text/t5.js";
import { readStableAudioConfig } from "./config.js";
import { joinStableAudio } from "./release.js";
import { type DiffusersFolder, readDiffusersConfig, renamedByDiffusers } from "./release-diffusers.js";

/** Options of {@link stableAudioOpen}. */
export interface StableAudioOpenOptions {
  /**
   * Folder of the T5 with `config.json`, `tokenizer.json` and `model.safetensors`. Default: a folder of the model's name (`t5-base`) in
   * the release or beside it, or `text_encoder` and `tokenizer` in the release.
   */
  readonly t5?: string | undefined;
}

/** Most bytes of a JSON file that is read. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/**
 * Opens Stable Audio Open 1.0 or Small, or a fine-tune of either: a folder with `model_config.json` and `model.safetensors` (or
 * `model.ckpt`), or the same model in the layout of diffusers (`transformer/`, `vae/`, `projection_model/`, …). Nothing is copied or
 * converted.
 *
 * @param folder - The release as downloaded.
 * @throws FoleyError `bad-file` when a file is missing or damaged, naming it; `bad-weights` naming the tensors that are missing, unknown
 * or of another shape.
 * @example
 * ```ts
 * const backbone = await stableAudioOpen("./stable-audio-open-1.0");
 * ```
 */
export async function stableAudioOpen(folder: string, options: StableAudioOpenOptions = {}): Promise<AudioBackbone> {
  const root = resolve(folder);
  if (await exists(join(root, "model_config.json"))) {
    const config = readStableAudioConfig(await readJson(join(root, "model_config.json")));
    const weights = await openOriginal(root);
    const stored = { label: weights.path, weights };
    return joinStableAudio(config, await openT5(root, config.prompt.model, options.t5), {
      denoiser: stored,
      autoencoder: stored,
      conditioner: stored,
    });
  }
  if (await exists(join(root, "transformer", "config.json"))) return openDiffusers(root, options);
  throw new FoleyError("bad-file", `${root} has neither model_config.json nor transformer/config.json.`, {
    hint: "Give the folder of a Stable Audio Open release, e.g. stabilityai/stable-audio-open-1.0 as downloaded.",
  });
}

async function openOriginal(root: string): Promise<ParameterSource & { readonly path: string }> {
  const [safetensors, checkpoint] = [join(root, "model.safetensors"), join(root, "model.ckpt")];
  if (await exists(safetensors)) return openCheckpoint(safetensors);
  if (await exists(checkpoint)) return openCheckpoint(checkpoint, { at: "state_dict" });
  throw new FoleyError("bad-file", `${root} has no model.safetensors and no model.ckpt.`, {
    hint: "Download the weights too; they may need accepting the licence on the model's page.",
  });
}

async function openDiffusers(root: string, options: StableAudioOpenOptions): Promise<AudioBackbone> {
  const json = async (...path: string[]) => readJson(join(root, ...path));
  const files: DiffusersFolder = {
    transformer: await json("transformer", "config.json"),
    vae: await json("vae", "config.json"),
    projection: await json("projection_model", "config.json"),
    tokenizer: await json("tokenizer", "tokenizer_config.json"),
  };
  const part = async (name: string) => {
    const weights = await openCheckpoint(await weightsIn(join(root, name), "diffusion_pytorch_model"));
    return { label: weights.path, weights, renamed: renamedByDiffusers };
  };
  const config = readDiffusersConfig(files);
  return joinStableAudio(config, await openT5(root, config.prompt.model, options.t5), {
    denoiser: await part("transformer"),
    autoencoder: await part("vae"),
    conditioner: await part("projection_model"),
  });
}

/** The text encoder where the caller says, or where a release has it. */
async function openT5(root: string, model: string, given: string | undefined): Promise<T5Files> {
  const name = basename(model);
  const candidates =
    given !== undefined
      ? [{ model: resolve(given), tokenizer: resolve(given) }]
      : [
          ...[join(root, name), resolve(root, "..", name)].map((path) => ({ model: path, tokenizer: path })),
          { model: join(root, "text_encoder"), tokenizer: join(root, "tokenizer") },
        ];
  const get = `Get ${name} (config.json, tokenizer.json and model.safetensors, e.g. google-t5/${name} on the Hugging Face Hub) and give its folder as the option "t5".`;
  for (const found of candidates) {
    if (!(await exists(join(found.model, "config.json")))) continue;
    const tokenizer = join(found.tokenizer, "tokenizer.json");
    if (!(await exists(tokenizer))) {
      const other = (await exists(join(found.tokenizer, "spiece.model"))) ? "; its spiece.model alone cannot be read" : "";
      throw new FoleyError("bad-file", `The T5 has no ${tokenizer}${other}.`, { hint: get });
    }
    return {
      config: await readJson(join(found.model, "config.json")),
      tokenizer: await readJson(tokenizer),
      weights: await openCheckpoint(await weightsIn(found.model, "model")),
    };
  }
  const looked = candidates.map(({ model: path }) => path).join(", ");
  throw new FoleyError("bad-file", `The text encoder was not found; looked in ${looked}.`, { hint: get });
}

/** `NAME.safetensors` of a folder, or the index of its parts. */
async function weightsIn(folder: string, name: string): Promise<string> {
  const [whole, index] = [join(folder, `${name}.safetensors`), join(folder, `${name}.safetensors.index.json`)];
  return !(await exists(whole)) && (await exists(index)) ? index : whole;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

const readJson = (path: string): Promise<unknown> =>
  readJsonFile(path, { limit: MAX_JSON_BYTES, hint: "Download the release again, with all of its folders." });
