/** CLIP's image tower from the folder of an open_clip release. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FoleyError, type VideoEncoder } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import { OPEN_CLIP_FILES, readOpenClipConfig } from "@foley-control/weights";
import { openCheckpoint } from "@foley-control/weights/node";
import { clipEncoder } from "../clip/encoder.js";
import { readClipImageConfig } from "../clip/image-tower.js";

/** Options of {@link clip}. */
export interface ClipOptions {
  /** Pixels each way. Default: those of its patches. */
  readonly imageSize?: number | undefined;
  /** Pictures per second. Default 8. */
  readonly frameRate?: number | undefined;
}

/**
 * CLIP as a video encoder: a row for each picture.
 *
 * @param folder - with `open_clip_config.json` and `open_clip_model.safetensors` or `open_clip_pytorch_model.bin`
 * @throws FoleyError `bad-file`, `bad-weights`
 */
export async function clip(folder: string, { imageSize, frameRate }: ClipOptions = {}): Promise<VideoEncoder> {
  const said = await readJsonFile(join(folder, OPEN_CLIP_FILES.config), { limit: 2 ** 20, hint: "Download it again." });
  const name = OPEN_CLIP_FILES.weights.find((file) => existsSync(join(folder, file)));
  if (name === undefined)
    throw new FoleyError("bad-file", `${folder} has no weights of open_clip.`, {
      hint: `Download ${OPEN_CLIP_FILES.weights[1]} too.`,
    });
  const weights = await openCheckpoint(join(folder, name));
  const config = readClipImageConfig(weights, readOpenClipConfig(said));
  return clipEncoder({ config, weights, imageSize, frameRate });
}
