/**
 * What a backbone says about itself (design §12): how long it lasts, what it is conditioned on, how its authors sample it. Nothing
 * above it knows one of its numbers, the name of one of its inputs, or what silence of words means to it.
 */
import type { Graph } from "../graph-value.js";
import type { AudioCodec } from "./audio-codec.js";
import type { ClipSize, Denoiser } from "./denoiser.js";
import type { TextEncoder, VideoEncoder } from "./encoders.js";
import type { ParameterSource, PlainTensor } from "./parameters.js";
import type { SolverName } from "./solver-name.js";
import type { TimeShift } from "./time-shift.js";

/** How the authors of a backbone sample it: what is done when nothing else is asked. */
export interface SamplingDefaults {
  /** Name of the solver. */
  readonly solver: SolverName;
  /** Sampler steps. */
  readonly steps: number;
  /** How strongly the prompt is followed, and the picture where nothing else is asked; 1 is as trained. */
  readonly guidanceScale: number;
  /** Lowest noise level of solvers on sigmas. */
  readonly sigmaMin?: number | undefined;
  /** Highest noise level: a sigma for solvers on sigmas. */
  readonly sigmaMax?: number | undefined;
  /** The noise levels of so many steps, falling to 0, where they are not those that the solver walks by itself. */
  readonly levels?: ((steps: number) => ArrayLike<number>) | undefined;
  /** How even times are bent, whatever the solver; for networks that predict the flow. Default: as the solver does by itself. */
  readonly shift?: TimeShift | undefined;
  /** How much of what guidance adds along the prediction is left out, 0 to 1 (adaptive projected guidance). Default 0. */
  readonly projection?: number | undefined;
  /** What solvers stay away from, of networks that predict the flow. */
  readonly edges?: SolverEdges | undefined;
}

/** How near to its ends the time of a rectified flow is taken for what it is. */
export interface SolverEdges {
  /** Lowest time that "rk4" asks the network at, which would ask at 0. Default 0. */
  readonly time?: number | undefined;
  /** Least share of sound or noise that "dpmpp" takes a logarithm of. Default 0. */
  readonly share?: number | undefined;
}

/** What one sampling covers, seconds. */
export interface BackboneSeconds {
  /** Shorter clips are sampled this long and cut afterwards. Default 0. */
  readonly minimum?: number | undefined;
  /** Longest clips that it was trained on; longer ones are conditioned as these. Default: `maximum`. */
  readonly trained?: number | undefined;
  /** Longest clip. */
  readonly maximum: number;
}

/** Features of the picture that a denoiser reads as an input of its own, without a bridge, at their own rate. */
export interface VideoStream {
  /** Input of the condition graph: [batch, rows, encoder.tokenWidth]. */
  readonly name: string;
  /** What looks at the picture. */
  readonly encoder: VideoEncoder;
  /** Rows for a clip; tokens beyond them are left out, and the last one is held where there are fewer. */
  rows(seconds: number): number;
}

/** Latents of which some are known before sampling. */
export interface KnownPart {
  /** [1, latentChannels, frames]; those of frames that are not known are not read. */
  readonly latents: PlainTensor<"float32">;
  /** One number per frame: 1 for those that are known; all others are not. */
  readonly known: ArrayLike<number>;
}

/** Text encoder + denoiser + codec, and how text, picture and duration condition them. */
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
  /** Weights of the condition graph. */
  readonly weights: ParameterSource;
  /** What one sampling covers. */
  readonly seconds: BackboneSeconds;
  /** Video features that it reads itself. Empty for backbones that see through a bridge alone. */
  readonly streams: readonly VideoStream[];
  /** Latents that are sampled for a clip of so many seconds; what they sound beyond its end is cut off. */
  frames(seconds: number): number;
  /** How its authors sample so many latents. Default: the caller's own choice. */
  readonly sampling?: ((frames: number) => SamplingDefaults) | undefined;
  /**
   * What its denoiser reads instead of outputs of the condition graph, by name, where latents are known already: for networks that were trained to go on
   * from a part of a sound. Default: it is not told, and only led by the sampler to what is known.
   */
  readonly knownInputs?: ((known: KnownPart) => Readonly<Record<string, PlainTensor<"float32">>>) | undefined;
  /** Words of a prompt that it does not know, each once, where it can tell; they become a warning. Default: it knows all or cannot tell. */
  readonly unknownWords?: ((prompt: string) => readonly string[]) | undefined;
  /**
   * What the denoiser is conditioned on, made of what the encoders say. Outputs: every input of the denoiser besides `latents` and
   * `time`, by name. Inputs, each only where the backbone reads it:
   *
   * - `tokens` [batch, length, tokenWidth] and `mask` [batch, length] of the text;
   * - `secondsStart` and `secondsTotal` [batch];
   * - a {@link VideoStream} under its name;
   * - `textAway` [batch], which is 1 where the text is what guidance leads away from, and else 0;
   * - `textKept` and `videoKept` [batch], which are 1, or 0 where there is no text or no picture. What that means — rows of zeros, learned
   *   rows — stands in this graph. A graph without `textKept` knows no other silence than the encoded empty text.
   */
  conditionGraph(options: ClipSize & { readonly batch?: number }): Graph;
}
