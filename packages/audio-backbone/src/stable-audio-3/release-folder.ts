/** A Stable Audio 3 release in a folder on disk, as it is downloaded. */
import { resolve } from "node:path";
import type { AudioBackbone } from "@foley-control/core";
import { diskFiles, slashed } from "@foley-control/weights/node";
import { stableAudio3FromFiles } from "./release-files.js";

/** Options of {@link stableAudio3}. */
export interface StableAudio3Options {
  /** Folder of the text encoder with `config.json`, `tokenizer.json` and `model.safetensors`. Default: the one in the release. */
  readonly t5gemma?: string | undefined;
}

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
  const [root, text] = [resolve(folder), options.t5gemma === undefined ? undefined : resolve(options.t5gemma)];
  const files = await diskFiles(text === undefined ? [root] : [root, text], {
    hint: "Give the folder of the release as downloaded.",
  });
  return stableAudio3FromFiles(files, slashed(root), { t5gemma: text && slashed(text) });
}
