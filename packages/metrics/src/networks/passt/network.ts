/** PaSST as the evaluation uses it: 10 s at 32 kHz, zeros behind shorter sounds, a row for a sound. */
import type { PlainTensor } from "@foley-control/core";
import { type MelSpectrogramOptions, melSpectrogram, type Samples } from "@foley-control/signal";
import { bandsFirst, KALDI, melTensor } from "../../frontends/mels.js";
import { centredMono, padded } from "../../frontends/sound.js";
import { describeNetwork } from "../descriptor.js";
import { hears } from "../senses.js";
import { PASST_RELEASE, passt } from "./passt.js";

/** Front-end of PaSST at 32 kHz. */
export const PASST_MEL = {
  ...KALDI,
  sampleRate: 32000,
  fftSize: 1024,
  windowLength: 800,
  periodic: false,
  hop: 320,
  bands: 128,
  minimumHz: 0,
  maximumHz: 15000,
  logOffset: 1e-5,
} as const satisfies MelSpectrogramOptions;
/** Samples that PaSST hears: 10 s. */
const PASST_SAMPLES = 320000;
const PREEMPHASIS = 0.97;

/**
 * Bands for PaSST [1, 1, 128, frames].
 *
 * @param samples - One channel at 32 kHz, `padded` to 10 s.
 */
export function passtMel(samples: Samples, options: MelSpectrogramOptions = PASST_MEL): PlainTensor<"float32"> {
  const bent = new Float64Array(Math.max(0, samples.length - 1));
  for (let i = 0; i < bent.length; i++) bent[i] = samples[i + 1]! - PREEMPHASIS * samples[i]!;
  const mel = melSpectrogram(bent, options);
  return melTensor(
    [1, 1, mel.bands, mel.frames],
    bandsFirst(mel, mel.frames, (x) => (x + 4.5) / 5),
  );
}

/** PaSST, for FD, KAD, KL and IS. */
export const passtNetwork = describeNetwork({
  name: "passt",
  releases: [PASST_RELEASE],
  gives: { sound: { passt: 768, "passt-logits": 527 } },
  open: ({ weights, heads }) => ({
    sound: hears(passt(weights, heads), (sound, seconds, run) => {
      const mel = passtMel(padded(centredMono(sound, PASST_MEL.sampleRate, seconds), PASST_SAMPLES));
      return run({}, { mel }, { passt: "features", "passt-logits": "logits" });
    }),
  }),
});
