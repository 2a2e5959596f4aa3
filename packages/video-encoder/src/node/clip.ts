/** CLIP's image tower from the folder of an open_clip release. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FoleyError, json, type VideoEncoder } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
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

/** Channels of a head when nothing is said. */
const HEAD_WIDTH = 64;

const fields = json.object({
  model_cfg: json.object({ vision_cfg: json.object({ head_width: json.optional(json.whole(1, 4096)) }) }),
});

/**
 * CLIP as a video encoder: a row for each picture.
 *
 * @param folder - with `open_clip_config.json` and `open_clip_model.safetensors` or `open_clip_pytorch_model.bin`
 * @throws FoleyError `bad-file`, `bad-weights`
 */
export async function clip(folder: string, { imageSize, frameRate }: ClipOptions = {}): Promise<VideoEncoder> {
  const said = await readJsonFile(join(folder, "open_clip_config.json"), { limit: 2 ** 20, hint: "Download it again." });
  const problem = fields(said, "");
  if (problem)
    throw new FoleyError("bad-file", `open_clip_config.json cannot be read: ${problem}.`, { hint: "Download it again." });
  const { model_cfg: model } = said as {
    readonly model_cfg: { readonly quick_gelu?: unknown; readonly vision_cfg: { readonly head_width?: number } };
  };
  const name = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"].find((file) => existsSync(join(folder, file)));
  if (name === undefined)
    throw new FoleyError("bad-file", `${folder} has no weights of open_clip.`, {
      hint: "Download open_clip_pytorch_model.bin too.",
    });
  const weights = await openCheckpoint(join(folder, name));
  const activation = model.quick_gelu === true ? "quick-gelu" : "gelu";
  const config = readClipImageConfig(weights, { headWidth: model.vision_cfg.head_width ?? HEAD_WIDTH, activation });
  return clipEncoder({ config, weights, imageSize, frameRate });
}
