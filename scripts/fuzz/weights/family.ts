/** A family of inputs of the part `weights`: files of one purpose. */
import type { Random } from "@foley-control/core";
import type { FuzzInput } from "../part.js";

/** Makes one wrong input. */
export type Family = (random: Random) => FuzzInput | Promise<FuzzInput>;
