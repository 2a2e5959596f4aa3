/** What a backbone says about itself (design §12): everything that those above it would otherwise have to know. */
import type { Graph } from "../graph-value.js";
import type { AudioCodec } from "./audio-codec.js";
import type { Denoiser } from "./denoiser.js";
import type { TextEncoder } from "./encoders.js";
import type { ParameterSource } from "./parameters.js";
import type { SolverName } from "./solver-name.js";

/** How the authors of a backbone sample it: what is done when nothing else is asked. */
export interface SamplingDefaults {
  /** Name of the solver. */
  readonly solver: SolverName;
  /** Sampler steps. */
  readonly steps: number;
  /** How strongly the prompt is followed; 1 is as trained. */
  readonly guidanceScale: number;
  /** Lowest noise level of solvers on sigmas. */
  readonly sigmaMin?: number | undefined;
  /** Highest noise level: a sigma for solvers on sigmas. */
  readonly sigmaMax?: number | undefined;
}

/** Text encoder + denoiser + codec, and how text and duration condition them. */
export interface AudioBackbone {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "audio-backbone";
  /** Stable identifier; a bridge fits the backbone it was trained for. */
  readonly id: string;
  /** Prompt → text tokens. */
  readonly text: TextEncoder;
  /** The diffusion network with its bridge sites. */
  readonly denoiser: Denoiser;
  /** Latents ↔ waveform. */
  readonly codec: AudioCodec;
  /** Weights of the conditioning graph. */
  readonly weights: ParameterSource;
  /** How its authors sample it. Default: the caller's own choice. */
  readonly sampling?: SamplingDefaults | undefined;
  /**
   * Inputs `tokens` [batch, length, tokenWidth], `secondsStart` [batch], `secondsTotal` [batch];
   * outputs `context` and `global` of the denoiser. "No text" is a context of zeros.
   */
  conditionGraph(options?: { readonly batch?: number }): Graph;
}
