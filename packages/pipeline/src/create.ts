/** A pipeline over data in memory, with a runtime that the caller brings; runs wherever JavaScript does. */
import type { Runtime } from "@foley-control/core";
import { type MediaData, openMedia } from "@foley-control/media";
import { type Foley, joinParts } from "./foley.js";
import type { FoleyParts } from "./parts.js";
import { createTake } from "./take.js";

/** Options of {@link createFoley}. */
export interface FoleyOptions extends FoleyParts {
  /** Computes; the caller disposes it. */
  readonly runtime: Runtime;
}

/**
 * Joins parts and a runtime to a pipeline.
 *
 * @throws FoleyError `bad-weights` when the parts were not made for each other.
 * @example
 * const foley = createFoley({ ...mini, runtime });
 * const take = await foley.generate({ video: bytes, prompt: "footsteps on gravel", seed: 7 });
 */
export function createFoley(options: FoleyOptions): Foley<MediaData> {
  const { runtime, ...parts } = options;
  return joinParts(parts, { runtime, ownsRuntime: false, open: openMedia, take: createTake });
}
