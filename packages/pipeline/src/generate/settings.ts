/** The checks of a request at the boundary, and its defaults filled in. */
import type { AudioBackbone } from "@foley-control/core";
import { DEFAULT_SOLVER, DEFAULT_STEPS, solverNames } from "@foley-control/sampler";
import {
  DEFAULT_GUIDANCE_SCALE,
  DEFAULT_SEED,
  DEFAULT_VIDEO_STRENGTH,
  type GenerateOptions,
  type GenerateSettings,
} from "../options.js";
import { wrong } from "../wrong.js";

/**
 * Checks a request and fills in the defaults: those of the backbone for so many latents.
 *
 * @throws FoleyError `invalid-argument` that names the option, what was given and what was expected.
 */
export function checkSettings(
  options: GenerateOptions<unknown>,
  { denoiser, sampling }: Pick<AudioBackbone, "denoiser" | "sampling">,
  frames: number,
): GenerateSettings {
  const usual = sampling?.(frames);
  const { prompt = "", negativePrompt = "", seed = DEFAULT_SEED, steps = usual?.steps ?? DEFAULT_STEPS } = options;
  checkText("prompt", prompt);
  checkText("negativePrompt", negativePrompt);
  if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) throw wrong("seed", seed, "an integer");
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > 1000) throw wrong("steps", steps, "a whole number from 1 to 1000");
  const solver = options.solver ?? usual?.solver ?? DEFAULT_SOLVER[denoiser.prediction];
  const known = solverNames(denoiser.prediction);
  if (!known.includes(solver)) throw wrong("solver", solver, `one of ${known.join(", ")}`);
  const scale = usual?.guidanceScale ?? DEFAULT_GUIDANCE_SCALE;
  const { guidanceScale = scale, videoGuidanceScale = scale } = options;
  return {
    prompt,
    negativePrompt,
    seed,
    steps,
    guidanceScale: checkRange("guidanceScale", guidanceScale, -100, 100),
    videoGuidanceScale: checkRange("videoGuidanceScale", videoGuidanceScale, -100, 100),
    videoStrength: checkRange("videoStrength", options.videoStrength ?? DEFAULT_VIDEO_STRENGTH, 0, 2),
    solver,
  };
}

function checkText(option: string, value: unknown): void {
  if (typeof value !== "string") throw wrong(option, value, "text");
}

function checkRange(option: string, value: number, low: number, high: number): number {
  if (typeof value !== "number" || !(value >= low && value <= high))
    throw wrong(option, value, `a number from ${low} to ${high}`);
  return value;
}
