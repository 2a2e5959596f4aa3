/** Samples of a training whose trained part is a bridge. */
import { type BridgeConfig, createBridge } from "@foley-control/bridge";
import { type Bridge, memoryParameters } from "@foley-control/core";
import type { MakeSamples, SampleRequest, TrainingSample } from "./samples.js";

/** Makes sounds for held-out clips, always the same clips with the same seeds, with the bridge as it is; its weights are in memory. */
export type MakeBridgeSamples = (
  bridge: Bridge,
  request: Pick<SampleRequest, "step" | "signal">,
) => Promise<readonly TrainingSample[]>;

/** What makes the samples of any training, from what makes them with a bridge. */
export const samplesOfBridge =
  (config: BridgeConfig, make: MakeBridgeSamples): MakeSamples =>
  ({ parameters, ...request }) =>
    make(createBridge(config, memoryParameters(parameters)), request);
