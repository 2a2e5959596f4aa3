/** The parts of the fuzzer by name. A part is loaded by the process that runs it, so that one does not carry the libraries of another. */
import type { FuzzPart } from "./part.js";

/** Every part. */
export const PARTS = {
  weights: async () => (await import("./weights/part.js")).weightsPart,
  media: async () => (await import("./media/part.js")).mediaPart,
  "media-in-process": async () => (await import("./media/part.js")).mediaInProcessPart,
} as const satisfies Record<string, () => Promise<FuzzPart>>;

/** Name of a part. */
export type PartName = keyof typeof PARTS;

/** Parts that `npm test` runs, and a run without a name: what is read in process is there to be fast, a thousand inputs a minute. */
export const TESTED_PARTS = (Object.keys(PARTS) as PartName[]).filter((name) => name !== "media-in-process");

/** Names of the parts. */
export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];
