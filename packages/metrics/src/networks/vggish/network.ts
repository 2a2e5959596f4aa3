/** VGGish as the evaluation uses it: magnitudes of 25 ms at 16 kHz, a row for each 0.96 s. */
import type { PlainTensor } from "@foley-control/core";
import { type MelSpectrogramOptions, melSpectrogram, type Samples } from "@foley-control/signal";
import { KALDI, melTensor } from "../../frontends/mels.js";
import { centredMono, tooShort } from "../../frontends/sound.js";
import { describeNetwork } from "../descriptor.js";
import { hears } from "../senses.js";
import { VGGISH_EXAMPLE, VGGISH_RELEASE, vggish } from "./vggish.js";

/** VGGish's front-end. */
export const VGGISH_MEL = {
  ...KALDI,
  sampleRate: 16000,
  fftSize: 512,
  windowLength: 400,
  hop: 160,
  padding: "none",
  windowPlacement: "start",
  power: 1,
  bands: 64,
  minimumHz: 125,
  maximumHz: 7500,
  logOffset: 0.01,
} as const satisfies MelSpectrogramOptions;

/**
 * Examples of 0.96 s for VGGish [pieces, 1, 96, 64]; what does not fill an example at the end is left out.
 *
 * @param samples - One channel at 16 kHz.
 */
export function vggishMel(
  samples: Samples,
  options: MelSpectrogramOptions = VGGISH_MEL,
  frames: number = VGGISH_EXAMPLE.frames,
): PlainTensor<"float32"> {
  const mel = melSpectrogram(samples, options);
  const pieces = Math.floor(mel.frames / frames);
  return melTensor([pieces, 1, frames, mel.bands], mel.values.subarray(0, pieces * frames * mel.bands));
}

/** VGGish, for FD-VGG and KAD-VGG. */
export const vggishNetwork = describeNetwork({
  name: "vggish",
  releases: [VGGISH_RELEASE],
  gives: { sound: { vggish: 128 } },
  open: ({ weights }) => ({
    sound: hears(vggish(weights), (sound, seconds, run) => {
      const mel = vggishMel(centredMono(sound, VGGISH_MEL.sampleRate, seconds));
      const batch = mel.shape[0] as number;
      if (batch === 0) throw tooShort("VGGish", 0.975);
      return run({ batch }, { mel }, { vggish: "embedding" });
    }),
  }),
});
