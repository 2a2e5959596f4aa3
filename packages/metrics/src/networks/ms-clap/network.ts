/** MS-CLAP as the evaluation uses it: decibels of 7 s at 44.1 kHz, and captions through GPT-2's tokeniser. */
import type { MelSpectrogramOptions } from "@foley-control/signal";
import { decibelMel } from "../../frontends/mels.js";
import { endToEnd, tiled } from "../../frontends/sound.js";
import { describeNetwork } from "../descriptor.js";
import { hears, reads } from "../senses.js";
import { gpt2Tokeniser } from "./gpt2-tokeniser.js";
import { MS_CLAP_RELEASE, MS_CLAP_TOKENS, msClapAudio, msClapText } from "./ms-clap.js";

/** Front-end of MS-CLAP: its filters and hop are those of 32 kHz although the sound that it hears has 44.1 kHz. */
export const MS_CLAP_MEL = {
  sampleRate: 32000,
  fftSize: 1024,
  hop: 320,
  bands: 64,
  minimumHz: 50,
  maximumHz: 14000,
  logarithm: "decibel",
} as const satisfies MelSpectrogramOptions;
/** Hz of the sound that MS-CLAP hears. */
const MS_CLAP_SAMPLE_RATE = 44100;
/** Samples that MS-CLAP hears: 7 s, the first whatever the length that counts. */
const MS_CLAP_SAMPLES = 7 * MS_CLAP_SAMPLE_RATE;

/** MS-CLAP, for the score of sounds beside captions. */
export const msClapNetwork = describeNetwork({
  name: "ms-clap",
  releases: [MS_CLAP_RELEASE],
  gives: { sound: { "ms-clap": 1024 }, text: { "ms-clap": 1024 } },
  tokeniser: {
    repository: "openai-community/gpt2",
    // RoBERTa's vocabulary is made of GPT-2's, with more in front.
    fits: (vocabulary) => Object.hasOwn(vocabulary, "<|endoftext|>") && !Object.hasOwn(vocabulary, "<s>"),
  },
  open: ({ weights, tokeniser, heads }) => ({
    sound: hears(
      msClapAudio(weights),
      (sound, _, run) => {
        const mel = decibelMel(tiled(endToEnd(sound, MS_CLAP_SAMPLE_RATE, MS_CLAP_SAMPLES), MS_CLAP_SAMPLES), MS_CLAP_MEL);
        return run({}, { mel }, { "ms-clap": "embedding" });
      },
      { whole: true },
    ),
    ...(tokeniser !== undefined && {
      text: reads(msClapText(weights, heads), MS_CLAP_TOKENS, gpt2Tokeniser(tokeniser, MS_CLAP_TOKENS)),
    }),
  }),
});
