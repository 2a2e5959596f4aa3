/** A Stable Audio 3 release from its files, wherever they lie: configuration read, weights used in place. */
import { type AudioBackbone, FoleyError } from "@foley-control/core";
import type { ReleaseFiles } from "@foley-control/weights";
import { readStableAudio3Config } from "./config.js";
import { stableAudio3Backbone } from "./release.js";

/** What a file is for, and how large it is in the small models. */
const PARTS = {
  "model_config.json": "the configuration, 10 kB",
  "model.safetensors": "diffusion transformer, codec and conditioners, 2.3 GB",
  "t5gemma/config.json": "the text encoder's configuration, 3 kB",
  "t5gemma/tokenizer.json": "the text encoder's tokeniser, 34 MB",
  "t5gemma/model.safetensors": "the text encoder, 1.2 GB",
} as const;

/**
 * Stable Audio 3 small, base or post-trained, or a fine-tune of either, as a backbone. For folders on disk there is `stableAudio3` in `/node`.
 *
 * @param files - those of the release
 * @param folder - where its `model_config.json` lies
 * @param options - `t5gemma`: folder of the text encoder. Default: the one in the release
 * @throws FoleyError as `stableAudio3`
 */
export async function stableAudio3FromFiles(
  files: ReleaseFiles,
  folder: string,
  options: { readonly t5gemma?: string | undefined } = {},
): Promise<AudioBackbone> {
  const found = (root: string, name: string, part: keyof typeof PARTS): string => {
    const path = root === "" ? name : `${root}/${name}`;
    if (files.paths.includes(path)) return path;
    throw new FoleyError("bad-file", `${path} is missing: ${PARTS[part]}.`, {
      hint: "Get it from the same release, e.g. https://huggingface.co/stabilityai/stable-audio-3-small-sfx; its licence has to be accepted on that page.",
    });
  };
  const json = (path: string): Promise<unknown> =>
    files.json(path, { hint: "Download the release again, with its text encoder's folder." });
  const config = await json(found(folder, "model_config.json", "model_config.json"));
  const { prompt } = readStableAudio3Config(config);
  const weights = await files.weights(found(folder, "model.safetensors", "model.safetensors"));
  const text = options.t5gemma ?? (folder === "" ? prompt.folder : `${folder}/${prompt.folder}`);
  return stableAudio3Backbone({
    config,
    weights,
    t5gemma: {
      config: await json(found(text, "config.json", "t5gemma/config.json")),
      tokenizer: await json(found(text, "tokenizer.json", "t5gemma/tokenizer.json")),
      weights: await files.weights(found(text, "model.safetensors", "t5gemma/model.safetensors")),
    },
  });
}
