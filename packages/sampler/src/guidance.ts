/**
 * Classifier-free guidance (Ho & Salimans 2022, arXiv 2207.12598) for text and, separately, for video, in the nested form of
 * Brooks et al. 2023 (InstructPix2Pix, arXiv 2211.09800, eq. 3):
 *
 *   out = none + textScale·(text − none) + videoScale·(full − text)
 *
 * where `none` has neither prompt nor video, `text` the prompt, `full` prompt and video. In terms of the three predictions
 * the weights are 1 − textScale, textScale − videoScale and videoScale; a prediction of weight 0 is not evaluated:
 *
 * | scales                     | evaluations per step        |
 * |----------------------------|-----------------------------|
 * | text = 1, video = 1        | 1: full                     |
 * | text = video ≠ 1           | 2: none, full               |
 * | text ≠ 1, video = 0        | 2: none, text               |
 * | text = 1, video ≠ 0, 1     | 2: text, full               |
 * | otherwise                  | 3: none, text, full         |
 *
 * With projection or rescaling the conditional prediction is what guidance is held against, so that it is evaluated at textScale 0 too.
 *
 * A negative prompt replaces the empty conditioning of `none`: the result moves away from it. It has no effect where
 * `none` is not evaluated (textScale 1).
 */
import { assertKind, FoleyError } from "@foley-control/core";
import { checkNumber } from "./check.js";
import { emptyLike, type LatentArray, type MaybePromise, weightedSum } from "./latents.js";
import { projectGuidance } from "./projection.js";
import type { GuidedPrediction } from "./solver.js";

/** One way to condition the network: on nothing (or the negative prompt), on the prompt, on prompt and video. */
export type GuidanceBranch = "none" | "text" | "full";

/** Guidance scale for text when none is given: that of Stable Audio Open. */
export const DEFAULT_TEXT_SCALE = 7;

/** How strongly each condition is followed. */
export interface GuidanceScales {
  /** 1 follows the prompt as trained, above 1 more, 0 not at all. Default {@link DEFAULT_TEXT_SCALE}. */
  readonly textScale?: number | undefined;
  /** 1 follows the video as trained, above 1 more, 0 not at all. Default: as `textScale`, which is plain joint guidance. */
  readonly videoScale?: number | undefined;
}

/** Weight of each branch; they add up to 1. */
export function guidanceWeights(scales: GuidanceScales = {}): Readonly<Record<GuidanceBranch, number>> {
  const text = checkNumber("textScale", scales.textScale ?? DEFAULT_TEXT_SCALE);
  const video = checkNumber("videoScale", scales.videoScale ?? text);
  return { none: 1 - text, text: text - video, full: video };
}

/**
 * none + textScale·(text − none) + videoScale·(full − text). Branches of weight 0 may be left out.
 *
 * @throws FoleyError `invalid-argument` when a branch with a weight is missing.
 */
export function combineGuidance<T extends LatentArray>(
  predictions: Readonly<Partial<Record<GuidanceBranch, T>>>,
  scales: GuidanceScales = {},
): T {
  const weights = guidanceWeights(scales);
  const used = branches.filter((branch) => weights[branch] !== 0);
  const arrays = used.map((branch) => {
    const prediction = predictions[branch];
    if (prediction === undefined) {
      throw new FoleyError("invalid-argument", `The prediction "${branch}" is missing; its weight is ${weights[branch]}.`);
    }
    return prediction;
  });
  return weightedSum(
    used.map((branch) => weights[branch]),
    arrays,
  );
}

/**
 * Rescales a guided prediction towards the spread of the conditional one (Lin et al. 2023, arXiv 2305.08891, §3.4), as
 * stable-audio-tools does: standard deviations are unbiased and over the channel axis, one per time step.
 *
 * @param guided - Guided prediction [batch, channels, frames].
 * @param conditional - Conditional prediction of the same shape.
 * @param amount - 0 leaves `guided` as it is, 1 gives it the conditional spread.
 * @param shape - `[batch, channels, frames]`; at least two channels.
 */
export function rescaleGuidance<T extends LatentArray>(
  guided: T,
  conditional: T,
  amount: number,
  shape: readonly [number, number, number],
): T {
  checkNumber("rescale", amount, { min: 0, max: 1 });
  const [batch, channels, frames] = shape;
  if (guided.length !== batch * channels * frames || conditional.length !== guided.length || channels < 2) {
    throw new FoleyError(
      "shape-mismatch",
      `Rescaling [${shape.join(", ")}] was given ${guided.length} and ${conditional.length} numbers; it needs two channels or more.`,
    );
  }
  const result = emptyLike(guided);
  for (let b = 0; b < batch; b++) {
    for (let frame = 0; frame < frames; frame++) {
      const start = b * channels * frames + frame;
      const spread = channelSquares(guided, start, channels, frames);
      const wanted = channelSquares(conditional, start, channels, frames);
      const factor = spread === 0 ? 1 : amount * Math.sqrt(wanted / spread) + 1 - amount;
      for (let c = 0; c < channels; c++) {
        const i = start + c * frames;
        result[i] = (guided[i] as number) * factor;
      }
    }
  }
  return result;
}

/** Options of {@link guide}. */
export interface GuidanceOptions extends GuidanceScales {
  /** Whether there is a video at all. Without one, `text` takes the place of `full`. Default true. */
  readonly video?: boolean | undefined;
  /** Strength of the rescaling after guidance, 0 to 1. Default 0. */
  readonly rescale?: number | undefined;
  /** How much of what guidance adds along the estimate of the clean latents is left out, 0 to 1; see `projection.ts`. Default 0. */
  readonly projection?: number | undefined;
  /** Largest norm of what guidance adds to that estimate before the scale. Default: no limit. */
  readonly normLimit?: number | undefined;
  /** One number per frame, 1 where it counts for `projection` and `normLimit`, 0 for padding. Default: all count. */
  readonly valid?: ArrayLike<number> | undefined;
  /** `[batch, channels, frames]`; needed for `rescale`. */
  readonly shape?: readonly [number, number, number] | undefined;
  /**
   * Noise levels `[low, high]` in 0..1, inclusive, within which guidance acts (Kynkäänniemi et al. 2024, arXiv 2404.07724);
   * outside, the fully conditioned prediction is used alone. The level is sin(πt/2) for "v" and t for "flow".
   * Default [0, 1].
   */
  readonly interval?: readonly [number, number] | undefined;
  /** What the network predicts; the meaning of `interval` and `projection` depend on it. Default "v". */
  readonly prediction?: "v" | "flow" | undefined;
}

/**
 * Evaluates the network for the branches asked for, in that order; one array each. How they are batched is the caller's
 * choice.
 */
export type BranchEvaluator<T extends LatentArray = Float32Array> = (
  x: T,
  time: number,
  branches: readonly GuidanceBranch[],
) => MaybePromise<readonly T[]>;

/** A guided network: `velocity` for every solver, `pair` for CFG++, and the branches that are evaluated. */
export interface Guided<T extends LatentArray = Float32Array> {
  /** The guided prediction at `x` and `time`. */
  readonly velocity: (x: T, time: number) => Promise<T>;
  /** Guided and unconditional prediction; evaluates `none` always. */
  readonly pair: (x: T, time: number) => Promise<GuidedPrediction<T>>;
  /** Branches evaluated per step inside the interval. */
  readonly branches: readonly GuidanceBranch[];
}

const branches: readonly GuidanceBranch[] = ["none", "text", "full"];

/** Turns an evaluator of branches into a guided network. Pure: no state is kept between calls. */
export function guide<T extends LatentArray>(evaluate: BranchEvaluator<T>, options: GuidanceOptions = {}): Guided<T> {
  assertKind("evaluate", evaluate, "function", "Pass (x, time, branches) => one prediction per branch, then the options.");
  assertKind("options", options, "object", "Pass { textScale: 3 }, or leave it out.");
  const conditioned: GuidanceBranch = options.video === false ? "text" : "full";
  const textScale = checkNumber("textScale", options.textScale ?? DEFAULT_TEXT_SCALE);
  const videoScale = checkNumber("videoScale", options.videoScale ?? textScale);
  const scales = { textScale, videoScale: conditioned === "text" ? 0 : videoScale };
  const weights = guidanceWeights(scales);
  const rescale = checkNumber("rescale", options.rescale ?? 0, { min: 0, max: 1 });
  const projection = checkNumber("projection", options.projection ?? 0, { min: 0, max: 1 });
  const projects = (projection > 0 || options.normLimit !== undefined) && (textScale !== 1 || scales.videoScale !== 1);
  const [low, high] = options.interval ?? [0, 1];
  checkNumber("interval[0]", low, { min: 0, max: 1 });
  checkNumber("interval[1]", high, { min: low, max: 1 });
  const { shape } = options;
  if (rescale > 0 && shape === undefined) {
    throw new FoleyError("invalid-argument", "rescale was given without shape.", {
      hint: "Give shape: [batch, channels, frames].",
    });
  }
  const heldAgainst = conditioned === "text" && textScale === 0 && (projects || rescale > 0);
  const active = branches.filter((branch) => weights[branch] !== 0 || (heldAgainst && branch === "text"));
  const reference = active.at(-1) as GuidanceBranch;

  const evaluateAll = async (
    x: T,
    time: number,
    asked: readonly GuidanceBranch[],
  ): Promise<Partial<Record<GuidanceBranch, T>>> => {
    const outputs = await evaluate(x, time, asked);
    if (outputs.length !== asked.length) {
      throw new FoleyError("shape-mismatch", `The evaluator gave ${outputs.length} predictions for ${asked.length} branches.`);
    }
    return Object.fromEntries(asked.map((branch, i) => [branch, outputs[i] as T])) as Partial<Record<GuidanceBranch, T>>;
  };
  const guideOnce = async (x: T, time: number, withNone: boolean): Promise<{ guided: T; none: T | undefined }> => {
    const level = options.prediction === "flow" ? time : Math.sin((time * Math.PI) / 2);
    const inside = level >= low && level <= high;
    const wanted = inside ? active : [conditioned];
    const asked = withNone && !wanted.includes("none") ? (["none", ...wanted] as const) : wanted;
    const predictions = await evaluateAll(x, time, asked);
    if (!inside) return { guided: predictions[conditioned] as T, none: predictions.none };
    const sum = projects
      ? projectGuidance(predictions, scales, { x, time }, { ...options, projection })
      : combineGuidance(predictions, scales);
    const guided = rescale > 0 && shape !== undefined ? rescaleGuidance(sum, predictions[reference] as T, rescale, shape) : sum;
    return { guided, none: predictions.none };
  };
  return {
    velocity: async (x, time) => (await guideOnce(x, time, false)).guided,
    pair: async (x, time) => {
      const { guided, none } = await guideOnce(x, time, true);
      return { guided, unconditional: none as T };
    },
    branches: active,
  };
}

/** Sum of squared deviations over the channels of one time step. */
function channelSquares(values: LatentArray, start: number, channels: number, frames: number): number {
  let mean = 0;
  for (let c = 0; c < channels; c++) mean += values[start + c * frames] as number;
  mean /= channels;
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += ((values[start + c * frames] as number) - mean) ** 2;
  return sum;
}
