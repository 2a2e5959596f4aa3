/** CLIP, SigLIP and DINO from a folder of Hugging Face, read in place. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { VideoEncoder } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import { openCheckpoint } from "@foley-control/weights/node";
import { type PictureEncoderOptions, pictureEncoder } from "../pictures/encoder.js";
import { readPictureNetwork } from "../pictures/layouts.js";

const AGAIN = "Download the folder again, for example facebook/dinov2-base.";

/**
 * A picture encoder from a download: `config.json` and `model.safetensors`, or its parts. A text tower beside it is not read.
 *
 * @param folder - as downloaded
 * @throws FoleyError `bad-file`, `bad-weights`, `unsupported` for files that are damaged, missing or something else; `invalid-argument` for options
 * that do not fit
 * @example
 * ```ts
 * const encoder = await pictures("./dinov2-base", { tokens: "patches" });
 * ```
 */
export async function pictures(
  folder: string,
  options: Omit<PictureEncoderOptions, "network" | "weights"> = {},
): Promise<VideoEncoder> {
  const root = resolve(folder);
  const whole = join(root, "model.safetensors");
  const parts = `${whole}.index.json`;
  const [config, weights] = await Promise.all([
    readJsonFile(join(root, "config.json"), { hint: AGAIN }),
    openCheckpoint(existsSync(parts) ? parts : whole),
  ]);
  return pictureEncoder({ ...options, network: readPictureNetwork(config, weights), weights });
}
