/** CLIP's image tower from the folder of an open_clip release on disk. */
import { resolve } from "node:path";
import type { VideoEncoder } from "@foley-control/core";
import { diskFiles, slashed } from "@foley-control/weights/node";
import { clipFromFiles } from "../clip/release-files.js";

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
export async function clip(folder: string, options: ClipOptions = {}): Promise<VideoEncoder> {
  const root = resolve(folder);
  return clipFromFiles(await diskFiles([root]), slashed(root), options);
}
