/**
 * Inpainting with a network that was not trained for it: while it denoises, what is to be kept is written back with the step's noise. Mask
 * and rule are those that stable-audio-tools had when Stable Audio Open came out (v0.0.16, `inference/generation.py` and `sampling.py`).
 */
import { FoleyError } from "@foley-control/core";
import { checkNumber, checkSteps } from "./check.js";
import { type LatentArray, weightedSum } from "./latents.js";
import type { NoiseSource, SolverOptions } from "./solver.js";

/** Which part of a clip is made anew; all in shares of its length, 0 to 1. */
export interface InpaintRange {
  /** Where the new part begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** Length of the transition behind `start`. Default 0. */
  readonly softStart?: number | undefined;
  /** Length of the transition before `end`. Default 0. */
  readonly softEnd?: number | undefined;
  /** How much earlier the kept part is left to the network, 0 to 1: the last steps may change it. Default 0. */
  readonly marination?: number | undefined;
}

/** The mask over `frames` latents: 0 is kept, 1 is made anew, in between is written back in the later steps only. */
export function inpaintMask(frames: number, range: InpaintRange): Float32Array<ArrayBuffer> {
  const start = checkNumber("start", range.start, { min: 0, max: 1 });
  const end = checkNumber("end", range.end, { min: start, max: 1 });
  const marination = checkNumber("marination", range.marination ?? 0, { min: 0, max: 1 });
  const soft = (name: "softStart" | "softEnd") =>
    Math.round(checkNumber(name, range[name] ?? 0, { min: 0, max: end - start }) * frames);
  const [left, right] = [soft("softStart"), soft("softEnd")];
  const [from, to] = [Math.floor(start * frames), Math.ceil(end * frames)];
  const mask = new Float32Array(frames);
  mask.fill(1, from, to);
  for (let i = 0; i < left && from + i < to; i++) mask[from + i] = hann(i, left);
  for (let i = 0; i < right && to - 1 - i >= from; i++) mask[to - 1 - i] = hann(i, right);
  return mask.map((value) => value * (1 - marination));
}

/** Rising half of a symmetric Hann window of 2·length points. */
const hann = (i: number, length: number): number => 0.5 - 0.5 * Math.cos((Math.PI * 2 * i) / (2 * length - 1));

/** Options of {@link inpaint}. */
export interface InpaintOptions<T extends LatentArray> {
  /** Latents of the clip [channels, frames], for a batch one after another. */
  readonly known: T;
  /** One number per frame, see {@link inpaintMask}. */
  readonly mask: ArrayLike<number>;
  /** Steps of the solver. */
  readonly steps: number;
  /** Standard normal numbers for writing back, one set per step. */
  readonly noise: NoiseSource<T>;
}

/** What {@link inpaint} makes. */
export interface Inpainting<T extends LatentArray> {
  /** Goes to `sample` as its `start`: the kept part, nothing where the clip is made anew. */
  readonly start: T;
  /** Goes to `sample` too. */
  readonly revise: NonNullable<SolverOptions<T>["revise"]>;
}

/** Start and revision for a sigma solver, so that the masked part of a clip is made anew and the rest stays. */
export function inpaint<T extends LatentArray>({ known, mask, steps, noise }: InpaintOptions<T>): Inpainting<T> {
  const count = checkSteps(steps);
  const frames = mask.length;
  if (frames === 0 || known.length % frames !== 0) {
    throw new FoleyError("shape-mismatch", `The mask has ${frames} numbers, which does not divide the ${known.length} latents.`, {
      hint: "Give one number per latent frame.",
    });
  }
  const keeps = (i: number, index: number) => (mask[i % frames] as number) <= Math.fround((index + 1) / count);
  const start = weightedSum([1], [known]);
  for (let i = 0; i < start.length; i++) if (!keeps(i, 0)) start[i] = 0;
  return {
    start,
    revise(x, index, level) {
      const written = weightedSum([1, level], [known, noise(index)]);
      for (let i = 0; i < written.length; i++) if (!keeps(i, index)) written[i] = x[i] as number;
      return written;
    },
  };
}
