/** Everything that a model is made of besides code: weights, networks, tokenisers, configurations, and what a hub answers. */
import { createRandom } from "@foley-control/core";
import type { FuzzPart } from "../part.js";
import { bridges } from "./bridges.js";
import { checkpoints } from "./checkpoints.js";
import type { Family } from "./family.js";
import { hubs } from "./hubs.js";
import { onnx } from "./onnx.js";
import { settings } from "./settings.js";
import { tokenisers } from "./tokenisers.js";

const families: readonly Family[] = [checkpoints, onnx, bridges, tokenisers, settings, hubs];

/** The part. */
export const weightsPart: FuzzPart = {
  about: "checkpoints, ONNX files, bridges, tokenisers, configurations, answers of hubs",
  slice: 2000,
  make: (seed, index) => (families[index % families.length] as Family)(createRandom(seed, "fuzz", index)),
};
