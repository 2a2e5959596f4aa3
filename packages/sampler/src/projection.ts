/**
 * Adaptive projected guidance (Sadat et al. 2024, arXiv 2410.02416; stable-audio-3 `models/dit.py`): of what guidance adds to the estimate of the
 * clean latents, the part along that estimate only makes it louder, and is left out. With two conditions each of the two differences is treated
 * so, beside what the most conditioned branch estimates.
 */
import { FoleyError } from "@foley-control/core";
import { checkNumber } from "./check.js";
import { emptyLike, type LatentArray } from "./latents.js";
import { alphaSigma } from "./objective.js";

/** Options of {@link projectGuidance}. */
export interface ProjectionOptions {
  /** How much of the part along the estimate is left out: 1 all of it, 0 nothing. */
  readonly projection: number;
  /** Largest norm of what is added to the estimate before the scale. Default: no limit. */
  readonly normLimit?: number | undefined;
  /** One number per frame, 1 where it counts and 0 for padding; nothing is added to padding. Default: all count. */
  readonly valid?: ArrayLike<number> | undefined;
  /** Latents that are of one sound: `[batch, channels, frames]`. Default: all of them. */
  readonly shape?: readonly [number, number, number] | undefined;
  /** What the network predicts. Default "v". */
  readonly prediction?: "v" | "flow" | undefined;
}

/** One prediction per branch of guidance. */
type Predictions<T> = Readonly<Partial<Record<"none" | "text" | "full", T>>>;

/** The most conditioned prediction, and what is added to it for each scale: first less second, so many times. */
interface Differences<T> {
  readonly reference: T;
  readonly added: readonly { readonly times: number; readonly first: T; readonly second: T }[];
}

/** none + text·(text − none) + video·(full − text) as what is added to the most conditioned branch of those that have a weight. */
function differencesOf<T>(
  predictions: Predictions<T>,
  { textScale, videoScale }: { readonly textScale: number; readonly videoScale: number },
): Differences<T> {
  const { none, text, full } = predictions as Readonly<Required<Predictions<T>>>;
  // With a video nothing of which is asked for, nothing of it is heard; without one, the prompt is what the scale counts from.
  if (videoScale === 0 && textScale === 0 && text === undefined) return { reference: none, added: [] };
  if (videoScale === 0) return { reference: text, added: [{ times: textScale - 1, first: text, second: none }] };
  if (textScale === videoScale) return { reference: full, added: [{ times: textScale - 1, first: full, second: none }] };
  const words = { times: textScale - 1, first: text, second: none };
  return { reference: full, added: [words, { times: videoScale - 1, first: full, second: text }] };
}

/** Guidance with what goes along the estimate left out; the arguments are those of plain guidance, and the latents with their time. */
export function projectGuidance<T extends LatentArray>(
  predictions: Predictions<T>,
  scales: { readonly textScale: number; readonly videoScale: number },
  { x, time }: { readonly x: T; readonly time: number },
  options: ProjectionOptions,
): T {
  const { valid, normLimit, prediction, shape } = options;
  const projection = checkNumber("projection", options.projection, { min: 0, max: 1 });
  const { reference, added } = differencesOf(predictions, scales);
  const { alpha, sigma } = prediction === "flow" ? { alpha: 1, sigma: time } : alphaSigma(time);
  const frames = valid?.length ?? 1;
  const items = shape?.[0] ?? 1;
  const size = x.length / items;
  if (!Number.isInteger(size / frames))
    throw new FoleyError("shape-mismatch", `${x.length} latents are not those of ${items} sounds of ${frames} frames.`);
  const out = emptyLike(x);
  const counts = (i: number): number => (valid ? (valid[i % frames] as number) : 1);
  const estimate = (i: number): number => alpha * (x[i] as number) - sigma * (reference[i] as number);
  for (let i = 0; i < out.length; i++) out[i] = reference[i] as number;
  for (const { times, first, second } of added.filter(({ times }) => times !== 0))
    for (let from = 0; from < x.length; from += size) {
      let [norm, along, length] = [0, 0, 0];
      for (let i = from; i < from + size; i++) {
        const [difference, clean, counted] = [(first[i] as number) - (second[i] as number), estimate(i), counts(i)];
        norm += counted * (sigma * difference) ** 2;
        along += counted * difference * clean;
        length += counted * clean * clean;
      }
      const kept = times * (normLimit === undefined || norm === 0 ? 1 : Math.min(1, normLimit / Math.sqrt(norm)));
      const share = length === 0 ? 0 : along / length;
      for (let i = from; i < from + size; i++) {
        const difference = (first[i] as number) - (second[i] as number);
        const left = counts(i) === 0 ? (1 - projection) * difference : difference - projection * share * estimate(i);
        out[i] = (out[i] as number) + kept * left;
      }
    }
  return out;
}
