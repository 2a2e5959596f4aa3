/** First stage: the codec's principal components, in closed form. */
import { existsSync } from "node:fs";
import { SMALL_CODEC } from "@foley-control/audio-backbone";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { fitComponents } from "../fit-components.js";
import { CLIP_FRAMES, type StageContext, weightsFile } from "./stage.js";

/** Finds them, unless they are there. */
export async function fitCodec({ runtime, plan, options }: StageContext): Promise<boolean> {
  const file = weightsFile(options.directory, "components");
  if (existsSync(file)) return true;
  await writeSafetensorsFile(
    file,
    await fitComponents(runtime, SMALL_CODEC, { seed: plan.seed, clips: plan.components.clips, frames: CLIP_FRAMES - 1 }),
    {},
    { makeFolder: true },
  );
  return true;
}
