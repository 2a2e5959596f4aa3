/** The parts of the fuzzer by name. A part is loaded by the process that runs it, so that one does not carry the libraries of another. */
import type { FuzzPart } from "./part.js";

/** Every part. */
export const PARTS = {
  weights: async () => (await import("./weights/part.js")).weightsPart,
} as const satisfies Record<string, () => Promise<FuzzPart>>;

/** Name of a part. */
export type PartName = keyof typeof PARTS;

/** Names of the parts. */
export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];
