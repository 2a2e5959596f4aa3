/** A Stable Audio 3 release in a folder, as it is downloaded: configuration read, weights used in place. */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type AudioBackbone, FoleyError } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import { openCheckpoint } from "@foley-control/weights/node";
import { readStableAudio3Config } from "./config.js";
import { stableAudio3Backbone } from "./release.js";

/** Options of {@link stableAudio3}. */
export interface StableAudio3Options {
  /** Folder of the text encoder with `config.json`, `tokenizer.json` and `model.safetensors`. Default: the one in the release. */
  readonly t5gemma?: string | undefined;
}

/** Most bytes of a JSON file that is read; the tokeniser's is 34 MB. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** What a file is for, and how large it is in the small models. */
const PARTS = {
  "model_config.json": "the configuration, 10 kB",
  "model.safetensors": "diffusion transformer, codec and conditioners, 2.3 GB",
  "t5gemma/config.json": "the text encoder's configuration, 3 kB",
  "t5gemma/tokenizer.json": "the text encoder's tokeniser, 34 MB",
  "t5gemma/model.safetensors": "the text encoder, 1.2 GB",
} as const;

/**
 * Opens Stable Audio 3 small, base or post-trained, or a fine-tune of either: `model_config.json`, `model.safetensors` and the folder of the
 * text encoder. Nothing is copied or converted.
 *
 * @param folder - The release as downloaded.
 * @throws FoleyError `bad-file` when a file is missing or damaged, naming it, its size and where it is from; `bad-weights` naming the tensors
 * that are missing, unknown or of another shape.
 * @example
 * ```ts
 * const backbone = await stableAudio3("./stable-audio-3-small-sfx");
 * ```
 */
export async function stableAudio3(folder: string, options: StableAudio3Options = {}): Promise<AudioBackbone> {
  const root = resolve(folder);
  const config = await readJson(await found(root, "model_config.json", "model_config.json"));
  const { prompt } = readStableAudio3Config(config);
  const weights = await openCheckpoint(await found(root, "model.safetensors", "model.safetensors"));
  const text = options.t5gemma === undefined ? join(root, prompt.folder) : resolve(options.t5gemma);
  return stableAudio3Backbone({
    config,
    weights,
    t5gemma: {
      config: await readJson(await found(text, "config.json", "t5gemma/config.json")),
      tokenizer: await readJson(await found(text, "tokenizer.json", "t5gemma/tokenizer.json")),
      weights: await openCheckpoint(await found(text, "model.safetensors", "t5gemma/model.safetensors")),
    },
  });
}

/** The path of a file that is there. */
async function found(folder: string, name: string, part: keyof typeof PARTS): Promise<string> {
  const path = join(folder, name);
  const there = await stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
  if (there) return path;
  throw new FoleyError("bad-file", `${path} is missing: ${PARTS[part]}.`, {
    hint: "Get it from the same release, e.g. https://huggingface.co/stabilityai/stable-audio-3-small-sfx; its licence has to be accepted on that page.",
  });
}

const readJson = (path: string): Promise<unknown> =>
  readJsonFile(path, { limit: MAX_JSON_BYTES, hint: "Download the release again, with its text encoder's folder." });
