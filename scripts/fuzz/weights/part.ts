/** Everything that a model is made of besides code: weights, networks, tokenisers, configurations, and what a hub answers. */
import { createRandom } from "@foley-control/core";
import type { FuzzPart } from "../part.js";
import { checkpoints } from "./checkpoints.js";
import type { Family } from "./family.js";

const families: readonly Family[] = [checkpoints];

/** The part. */
export const weightsPart: FuzzPart = {
  about: "safetensors and PyTorch checkpoints",
  slice: 2000,
  make: (seed, index) => (families[index % families.length] as Family)(createRandom(seed, "fuzz", index)),
};
