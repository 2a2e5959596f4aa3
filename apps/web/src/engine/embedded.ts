/** The model that the studio brings. A module of its own, so that the addresses of its files are no part of the first script. */
import { miniWeights } from "@foley-control/mini/weights";
import type { ModelFiles } from "./engine.js";

/** Where its files are. */
export const embeddedFiles: ModelFiles = miniWeights;
