/** How a sound is, without comparing it with one that is known to be right, and how its colour differs from the true one. */
import { AUDIOBOX_AXES, type AudioboxAxis } from "../networks/audiobox/audiobox.js";
import { meanAndDeviation } from "../statistics/classes.js";
import type { Rows } from "../statistics/rows.js";
import { meanMetric, THIS_PACKAGE } from "./clip-metric.js";

/** The numbers of `generated/audiobox` are in the order of the axes. */
const axis = (name: AudioboxAxis, direction: "higher" | "lower") =>
  meanMetric(
    {
      id: `audiobox-${name.toLowerCase()}`,
      title: name,
      unit: "1",
      direction,
      needs: ["generated/audiobox"],
      reference: "https://arxiv.org/abs/2502.05139",
    },
    (scores) => (scores as Rows).data[AUDIOBOX_AXES.indexOf(name)]!,
  );

/**
 * Production quality, about 1 to 10, as Audiobox Aesthetics predicts what people said (Tjandra et al., arXiv 2502.05139): clarity,
 * fidelity, dynamics. Needs no reference.
 *
 * Pitfalls: does not know what should be heard: a fine recording of the wrong thing scores well.
 */
export const productionQuality = axis("PQ", "higher");
/** Content enjoyment; see {@link productionQuality}. */
export const contentEnjoyment = axis("CE", "higher");
/** Content usefulness; see {@link productionQuality}. */
export const contentUsefulness = axis("CU", "higher");
/** Production complexity; papers on video-to-audio count less as better. See {@link productionQuality}. */
export const productionComplexity = axis("PC", "lower");

/**
 * Root mean square difference of the mean mel spectra in decibels, their overall level taken out: whether the colour is right, without
 * any network.
 *
 * Pitfalls: blind to time; two sounds of one colour may be different things.
 */
export const spectralDistance = meanMetric(
  {
    id: "spectral-distance",
    title: "Spectral distance",
    unit: "dB",
    direction: "lower",
    needs: ["reference/mean-mel", "generated/mean-mel"],
    reference: THIS_PACKAGE,
  },
  (reference, generated) => {
    const difference = Float64Array.from((reference as Rows).data, (level, band) => level - (generated as Rows).data[band]!);
    return meanAndDeviation(difference).deviation;
  },
);
