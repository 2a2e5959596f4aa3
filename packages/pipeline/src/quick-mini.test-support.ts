/** An untrained model for tests that give clips sound again and again: most of what one costs is looking at the picture. */
import { type MiniModel, untrainedMini } from "@foley-control/mini";

/** It looks at a clip once, in windows of a second: a quarter of the work. */
export const quickMini = (): MiniModel => untrainedMini({ encoder: { window: 32, context: 4, mirroredNegative: false } });
