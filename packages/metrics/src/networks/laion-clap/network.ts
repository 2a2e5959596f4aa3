/** LAION-CLAP as the evaluation uses it: decibels of 10 s at 48 kHz, and captions through RoBERTa's tokeniser. */
import { robertaTokeniser } from "@foley-control/audio-backbone";
import type { MelSpectrogramOptions } from "@foley-control/signal";
import { decibelMel } from "../../frontends/mels.js";
import { centredMono, repeated } from "../../frontends/sound.js";
import { describeNetwork } from "../descriptor.js";
import { hears, reads } from "../senses.js";
import { LAION_CLAP_RELEASE, LAION_CLAP_TOKENS, laionClapAudio, laionClapText } from "./laion-clap.js";

/** Front-end of LAION-CLAP at 48 kHz. */
export const CLAP_MEL = {
  sampleRate: 48000,
  fftSize: 1024,
  hop: 480,
  bands: 64,
  minimumHz: 50,
  maximumHz: 14000,
  logarithm: "decibel",
} as const satisfies MelSpectrogramOptions;
/** Samples that LAION-CLAP hears: 10 s. */
const CLAP_SAMPLES = 10 * CLAP_MEL.sampleRate;

/** LAION-CLAP, for the score of sounds beside captions. */
export const laionClapNetwork = describeNetwork({
  name: "laion-clap",
  releases: [LAION_CLAP_RELEASE],
  gives: { sound: { "laion-clap": 512 }, text: { "laion-clap": 512 } },
  tokeniser: { repository: "FacebookAI/roberta-base", fits: (vocabulary) => Object.hasOwn(vocabulary, "<s>") },
  open: ({ weights, tokeniser, heads }) => ({
    sound: hears(laionClapAudio(weights), (sound, seconds, run) => {
      const mel = decibelMel(repeated(centredMono(sound, CLAP_MEL.sampleRate, seconds), CLAP_SAMPLES), CLAP_MEL);
      return run({}, { mel }, { "laion-clap": "embedding" });
    }),
    ...(tokeniser !== undefined && {
      text: reads(laionClapText(weights, heads), LAION_CLAP_TOKENS, robertaTokeniser(tokeniser, LAION_CLAP_TOKENS)),
    }),
  }),
});
