/** The video encoders that can be opened: one row for each way of releasing one. */
import type { Release } from "@foley-control/weights";
import { CLIP_PICTURES_RELEASE } from "./clip/release.js";
import { PICTURE_RELEASE } from "./pictures/release.js";
import { SMALL_VIDEO_ENCODER_RELEASE } from "./small-release.js";
import { SYNCHFORMER_PICTURES_RELEASE } from "./synchformer/release.js";
import { VJEPA2_RELEASE } from "./vjepa2/release.js";

/** Every one. Where files are at hand, each has its opener: see `VIDEO_ENCODER_OPENERS` in `/node`. */
export const VIDEO_ENCODER_RELEASES = {
  synchformer: SYNCHFORMER_PICTURES_RELEASE,
  vjepa2: VJEPA2_RELEASE,
  clip: CLIP_PICTURES_RELEASE,
  pictures: PICTURE_RELEASE,
  small: SMALL_VIDEO_ENCODER_RELEASE,
} as const satisfies Readonly<Record<string, Release>>;
