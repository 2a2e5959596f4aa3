/**
 * The stages that make the embedded default, in order: the codec's components, denoiser, the codec's sharpening, video encoder,
 * features of scenes, bridge. Each is a resumable run in a folder of its own; a later stage reads the weights that the
 * earlier ones wrote.
 */
import { join } from "node:path";
import type { Runtime } from "@foley-control/core";
import { trainSmallBridge } from "./bridge.js";
import { trainCodec } from "./codec.js";
import { fitCodec } from "./components.js";
import { trainDenoiser } from "./denoiser.js";
import { prepareScenes } from "./features.js";
import { DEFAULT_PLAN } from "./plan.js";
import type { Stage, StageContext, StageOptions } from "./stage.js";
import { trainVideoEncoder } from "./video-encoder.js";

/** Runs or continues one stage; returns whether it reached its end. */
export async function runStage(stage: Stage, runtime: Runtime, options: StageOptions): Promise<boolean> {
  const plan = options.plan ?? DEFAULT_PLAN;
  const context: StageContext = { runtime, plan, options, directory: join(options.directory, stage) };
  switch (stage) {
    case "components":
      return fitCodec(context);
    case "codec":
      return trainCodec(context);
    case "video-encoder":
      return trainVideoEncoder(context);
    case "features":
      return prepareScenes(context);
    case "denoiser":
      return trainDenoiser(context);
    case "bridge":
      return trainSmallBridge(context);
  }
}
