/** A take for tests, of which each says what matters to it. */
import type { TakeReference } from "./document.js";

/** A short take of one channel, made of no words. */
export const takeReference = (own: Partial<TakeReference> = {}): TakeReference => ({
  id: "t",
  digest: "0".repeat(64),
  sampleRate: 48_000,
  channels: 1,
  samples: 3,
  createdAt: 1,
  loudness: -20,
  onsets: [],
  settings: {
    prompt: "",
    negativePrompt: "",
    seed: 1,
    steps: 4,
    guidanceScale: undefined,
    videoStrength: 1,
    events: [],
    model: "m",
  },
  draft: false,
  starred: false,
  ...own,
});
