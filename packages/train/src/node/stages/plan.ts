/** Sizes of a training: steps, batches, learning rates. */
import type { BridgePlan } from "../../bridge-plan.js";
import type { Emphasis } from "../../scene-draws.js";
import { SOUND_SHARES, type SoundShares } from "../../sound-of.js";

/** Sizes of a training. */
export interface TrainingPlan {
  /** Seed of everything that is drawn. */
  readonly seed: number;
  /** Where recordings are given: what share of what is heard is not rendered. */
  readonly sounds: SoundShares;
  /** Clips from which the codec's principal components are found. */
  readonly components: { readonly clips: number };
  /** Steps, batch size, latent frames per example and highest learning rate of the codec. */
  readonly codec: { readonly steps: number; readonly batch: number; readonly frames: number; readonly peak: number };
  /** Steps, batch size and highest learning rate of the video encoder. */
  readonly videoEncoder: {
    readonly steps: number;
    readonly batch: number;
    readonly peak: number;
    /** Different scenes that it sees; each is kept once it is rendered, in 0.4 MB. */
    readonly pool: number;
    /** First steps of further rises of the learning rate. */
    readonly restarts?: readonly number[];
    /** Classes of drawn scenes that are seen more often: those whose contacts are found last. */
    readonly emphasis?: Emphasis;
    /** Steps between losses on held-out scenes, and how many those are. */
    readonly validation: { readonly every: number; readonly scenes: number };
  };
  /** Scenes that the bridge is trained on, and how many of them go into one file. */
  readonly dataset: { readonly scenes: number; readonly shard: number };
  /** How denoiser and bridge are judged while they are trained, by scenes that nothing is trained on. */
  readonly validation: {
    /** Scenes for the losses; 0: none are taken. */
    readonly scenes: number;
    /** Steps between losses. */
    readonly every: number;
    /** Steps between rounds of samples of the bridge, where something makes them. */
    readonly samplesEvery: number;
  };
  /** Steps, batch size and highest learning rate of the denoiser. */
  readonly denoiser: {
    readonly steps: number;
    readonly batch: number;
    readonly peak: number;
    readonly restarts?: readonly number[];
    /**
     * Every second step hears stretches of so many seconds in place of clips, as many fewer of them. Windows of a film are longer than clips: what
     * never heard longer ones begins softly and swells. Default: none.
     */
    readonly stretches?: number;
    /** Classes that are heard more often. */
    readonly emphasis?: Emphasis;
    /**
     * Share of the weights that it began with in those that it hands on: what a training forgets of what was known before is there again, and most of what
     * it learnt stays (Wortsman et al. 2022, WiSE-FT). For one that begins with an older model. Default 0.
     */
    readonly keptOfStart?: number;
  };
  /** What differs from `defaultBridgePlan` for the bridge; its seed is that of the training. */
  readonly bridge: Partial<BridgePlan>;
}

/** The plan of a whole training, which takes two cores a day; the model card says how far the weights that ship have come. */
export const DEFAULT_PLAN: TrainingPlan = {
  seed: 1,
  sounds: SOUND_SHARES,
  components: { clips: 1024 },
  codec: { steps: 1500, batch: 6, frames: 48, peak: 1.5e-3 },
  videoEncoder: {
    steps: 12_000,
    batch: 12,
    peak: 2e-3,
    pool: 6000,
    validation: { every: 200, scenes: 192 },
    // Balls that roll into each other and clocks are half of what was not heard in drawn scenes.
    emphasis: { classes: ["collide", "tick", "scatter", "footsteps", "bounce"], share: 0.25 },
  },
  dataset: { scenes: 9216, shard: 512 },
  validation: { scenes: 64, every: 250, samplesEvery: 500 },
  denoiser: { steps: 4500, batch: 32, peak: 1.5e-3, restarts: [2100], stretches: 12 },
  // Where there is little noise a bridge earns nothing: it is decided long before when things sound.
  // Tokens are ten numbers wide; none is dropped alone, because a bridge is to obey each.
  bridge: {
    steps: 2200,
    times: { kind: "logit-normal", mean: 1.2, deviation: 1.3 },
    adapterHidden: 64,
    drop: { text: 0.1, clips: 0.1, tokens: 0 },
  },
};
