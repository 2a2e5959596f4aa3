/** A tiny backbone of another make than the small one, for tests of a bridge's training: its codec is stereo and says deviations. */
import { smallBackbone } from "@foley-control/audio-backbone";
import { type AudioBackbone, memoryParameters, normalArray } from "@foley-control/core";
import type { BridgePlan } from "../../bridge-plan.js";
import { initialise } from "../../initialise.js";
import { tinyBackbone } from "../../testing.js";
import { tinyParts } from "../prepare/prepare.test-support.js";

/** The parts that its features are made with. */
export const parts = tinyParts();
const bare = smallBackbone(memoryParameters({}), tinyBackbone);
const tensors = {
  ...initialise(bare.denoiser.graph({ frames: 4 }), 1),
  ...initialise(bare.conditionGraph({ frames: 1 }), 1),
};
// The random start closes its branches; open them, as training does.
for (const [name, tensor] of Object.entries(tensors))
  if (tensor.data.every((value) => value === 0))
    tensors[name] = { ...tensor, data: normalArray(3, [name], tensor.data.length).map((value) => 0.1 * value) };
/** Of conditioning and denoiser. */
export const weights = memoryParameters(tensors);
/** The backbone. */
export const backbone: AudioBackbone = { ...smallBackbone(weights, tinyBackbone), ...parts.backbone, id: "tiny/backbone@1" };
/** A plan that is done in a second. */
export const plan: Partial<BridgePlan> = {
  steps: 8,
  batch: 2,
  learningRate: { kind: "cosine", peak: 5e-3, warmUp: 2 },
  adapterHidden: 8,
};
