/** The backbones that can be opened, and their text encoders: one row for each way of releasing one. */
import type { Release } from "@foley-control/weights";
import { MMAUDIO_RELEASE } from "./mmaudio/release-row.js";
import { ONNX_DENOISER_RELEASE } from "./onnx/onnx-release.js";
import { SMALL_BACKBONE_RELEASE } from "./small-release.js";
import { STABLE_AUDIO_RELEASE } from "./stable-audio/release-row.js";
import { STABLE_AUDIO_3_RELEASE } from "./stable-audio-3/release-row.js";
import { TANGOFLUX_RELEASE } from "./tangoflux/release-row.js";
import { CLAP_RELEASE } from "./text/clap-release.js";
import { CLIP_RELEASE } from "./text/clip-release.js";
import { T5_RELEASE } from "./text/t5-release.js";

/** Every backbone. Where files are at hand, each has its opener: see `BACKBONE_OPENERS` in `/node`. */
export const BACKBONE_RELEASES = {
  stableAudio3: STABLE_AUDIO_3_RELEASE,
  stableAudioOpen: STABLE_AUDIO_RELEASE,
  mmaudio: MMAUDIO_RELEASE,
  tangoflux: TANGOFLUX_RELEASE,
  small: SMALL_BACKBONE_RELEASE,
  onnx: ONNX_DENOISER_RELEASE,
} as const satisfies Readonly<Record<string, Release>>;

/** Every text encoder that lies apart from its backbone. */
export const TEXT_ENCODER_RELEASES = { t5: T5_RELEASE, clip: CLIP_RELEASE, clap: CLAP_RELEASE } as const satisfies Readonly<
  Record<string, Release>
>;
