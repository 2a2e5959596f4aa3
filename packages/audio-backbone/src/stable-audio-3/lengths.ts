/** How many latents Stable Audio 3 samples for a clip (stable-audio-3 `model.py` `generate`, `inference/sampling.py`). */

/** Seconds that are sampled behind the end of a clip and cut off. */
const HEADROOM_SECONDS = 6;

/** What lengths depend on. */
export interface LengthRule {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples per latent. */
  readonly hop: number;
  /** Most latents. */
  readonly most: number;
}

/** Latents that a clip itself fills. */
export const latentsOfClip = (seconds: number, { sampleRate, hop }: Pick<LengthRule, "sampleRate" | "hop">): number =>
  Math.max(1, Math.ceil(Math.trunc(seconds * sampleRate) / hop));

/** Latents behind them. */
export const headroom = ({ sampleRate, hop }: Pick<LengthRule, "sampleRate" | "hop">, seconds = HEADROOM_SECONDS): number =>
  Math.trunc((seconds * sampleRate) / hop);

/** Latents that count for a clip: its own, and headroom as far as the network goes. */
export const stableAudio3Latents = (seconds: number, rule: LengthRule, behind?: number): number =>
  Math.min(rule.most, latentsOfClip(seconds, rule) + headroom(rule, behind));
