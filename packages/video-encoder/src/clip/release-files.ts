/** CLIP's image tower from the files of an open_clip release, wherever they lie. */
import { FoleyError, type VideoEncoder } from "@foley-control/core";
import { OPEN_CLIP_FILES, type ReleaseFiles, readOpenClipConfig } from "@foley-control/weights";
import { type ClipEncoderOptions, clipEncoder } from "./encoder.js";
import { readClipImageConfig } from "./image-tower.js";

/**
 * CLIP as a video encoder. For folders on disk there is `clip` in `/node`.
 *
 * @param files - with `open_clip_config.json` and `open_clip_model.safetensors` or `open_clip_pytorch_model.bin`
 * @param folder - in which they lie
 * @throws FoleyError `bad-file`, `bad-weights`
 */
export async function clipFromFiles(
  files: ReleaseFiles,
  folder: string,
  options: Pick<ClipEncoderOptions, "imageSize" | "frameRate"> = {},
): Promise<VideoEncoder> {
  const at = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const said = await files.json(at(OPEN_CLIP_FILES.config));
  const name = OPEN_CLIP_FILES.weights.find((file) => files.paths.includes(at(file)));
  if (name === undefined)
    throw new FoleyError("bad-file", `${folder} has no weights of open_clip.`, {
      hint: `Download ${OPEN_CLIP_FILES.weights[1]} too.`,
    });
  const weights = await files.weights(at(name));
  const config = readOpenClipConfig(said);
  return clipEncoder({
    ...options,
    config: readClipImageConfig(weights, config),
    weights,
    normalisation: config.normalisation,
  });
}
