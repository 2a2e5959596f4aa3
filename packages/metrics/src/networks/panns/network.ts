/** PANNs CNN14 as the evaluation uses it: decibels at 16 kHz, a row for a sound. */
import type { MelSpectrogramOptions } from "@foley-control/signal";
import { decibelMel } from "../../frontends/mels.js";
import { centredMono, tooShort } from "../../frontends/sound.js";
import { describeNetwork } from "../descriptor.js";
import { hears } from "../senses.js";
import { PANNS_RELEASE, panns } from "./panns.js";

/** Front-end of PANNs CNN14 at 16 kHz. */
export const PANNS_MEL = {
  sampleRate: 16000,
  fftSize: 512,
  hop: 160,
  bands: 64,
  minimumHz: 50,
  maximumHz: 8000,
  logarithm: "decibel",
} as const satisfies MelSpectrogramOptions;

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
      const mel = decibelMel(samples, PANNS_MEL);
      return run({ frames: mel.shape[2] as number }, { mel }, { panns: "features", "panns-logits": "logits" });
    }),
  }),
});
