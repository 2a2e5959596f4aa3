/** PANNs CNN14 as the evaluation uses it: decibels at 16 kHz, a row for a sound. */
import type { PlainTensor } from "@foley-control/core";
import type { MelSpectrogramOptions, Samples } from "@foley-control/signal";
import { decibelMel } from "../../frontends/mels.js";
import { centredMono, tooShort } from "../../frontends/sound.js";
import { describeNetwork } from "../descriptor.js";
import { hears } from "../senses.js";
import { PANNS_RELEASE, panns } from "./panns.js";

/** Front-end of PANNs CNN14 at 16 kHz. */
const PANNS_MEL = {
  sampleRate: 16000,
  fftSize: 512,
  hop: 160,
  bands: 64,
  minimumHz: 50,
  maximumHz: 8000,
  logarithm: "decibel",
} as const satisfies MelSpectrogramOptions;

/**
 * Frames for PANNs [1, 1, frames, 64] in decibels.
 *
 * @param samples - One channel at 16 kHz, longer than half a transform.
 * @throws FoleyError `invalid-argument` for a shorter one.
 */
export const pannsMel = (samples: Samples, options: MelSpectrogramOptions = PANNS_MEL): PlainTensor<"float32"> =>
  decibelMel(samples, options);

/** PANNs, for FD, KAD, KL and IS. */
export const pannsNetwork = describeNetwork({
  name: "panns",
  releases: [PANNS_RELEASE],
  gives: { sound: { panns: 2048, "panns-logits": 527 } },
  open: ({ weights }) => ({
    sound: hears(panns(weights), (sound, seconds, run) => {
      const samples = centredMono(sound, PANNS_MEL.sampleRate, seconds);
      // Five poolings halve the frames; fewer than 32 leave none.
      if (samples.length < 32 * PANNS_MEL.hop) throw tooShort("PANNs", 0.32);
      const mel = pannsMel(samples);
      return run({ frames: mel.shape[2] as number }, { mel }, { panns: "features", "panns-logits": "logits" });
    }),
  }),
});
