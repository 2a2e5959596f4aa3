/** Features without any network, of what every sound has. */
import { detectOnsets, envelope, melSpectrogram } from "@foley-control/signal";
import { checkSound, durationOf, plainMono, tooShort } from "../frontends/sound.js";
import { DEFAULT_LAG_HOP_SECONDS, DEFAULT_LAG_WINDOW_SECONDS } from "../statistics/onsets.js";
import type { Rows } from "../statistics/rows.js";
import type { SoundFeatures } from "./makers.js";

/** What reports say of every sound: `duration` in seconds, of what is evaluated, and `peak`, the largest sample of any channel. */
export function soundFacts(seconds: number): SoundFeatures {
  return {
    id: `facts-1/${seconds}s`,
    makes: ["duration", "peak"],
    // eslint-disable-next-line @typescript-eslint/require-await
    compute: async (sound) => {
      const samples = Math.min(checkSound(sound.channels), Math.trunc(seconds * sound.sampleRate));
      let peak = 0;
      for (const channel of sound.channels) for (let i = 0; i < samples; i++) peak = Math.max(peak, Math.abs(channel[i]!));
      return { duration: oneNumber(samples / sound.sampleRate), peak: oneNumber(peak) };
    },
    dispose: () => Promise.resolve(),
  };
}

/** Hz at which onsets, loudness and colour are taken. */
const PLAIN_RATE = 24000;

/** Features without any network: times of onsets, the contour of loudness, the mean mel spectrum in decibels. */
export function plainSoundFeatures(seconds: number): SoundFeatures {
  return {
    id: `plain-2/${seconds}s`,
    makes: ["onsets", "envelope", "mean-mel"],
    // eslint-disable-next-line @typescript-eslint/require-await
    compute: async (sound) => {
      const mono = plainMono(sound, Math.min(seconds, durationOf(sound)), PLAIN_RATE);
      const times = Float64Array.from(detectOnsets(mono, PLAIN_RATE).times);
      const contour = envelope(mono, PLAIN_RATE, DEFAULT_LAG_HOP_SECONDS, { windowSeconds: DEFAULT_LAG_WINDOW_SECONDS });
      if (contour.length === 0) throw tooShort("The envelope", DEFAULT_LAG_WINDOW_SECONDS);
      const { frames, bands, values } = melSpectrogram(mono, {
        sampleRate: PLAIN_RATE,
        fftSize: 1024,
        hop: 256,
        bands: 64,
        padding: "zero",
        logarithm: "none",
      });
      const spectrum = new Float64Array(bands);
      for (let frame = 0; frame < frames; frame++)
        for (let band = 0; band < bands; band++) spectrum[band]! += values[frame * bands + band]! / frames;
      return {
        onsets: { count: times.length, width: 1, data: times },
        envelope: { count: 1, width: contour.length, data: contour },
        // −100 dB stands for silence, so that it is a number.
        "mean-mel": { count: 1, width: bands, data: spectrum.map((power) => 10 * Math.log10(Math.max(power, 1e-10))) },
      };
    },
    dispose: () => Promise.resolve(),
  };
}

const oneNumber = (value: number): Rows => ({ count: 1, width: 1, data: Float64Array.of(value) });
