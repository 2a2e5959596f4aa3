/** Whether sound comes at the right moment: by a network that watches and listens, by onsets, by loudness. */
import { crossCorrelationLag } from "@foley-control/signal";
import { desyncOffsets } from "../statistics/desync.js";
import { DEFAULT_LAG_HOP_SECONDS, DEFAULT_LAG_MAXIMUM_SECONDS, onsetAgreement } from "../statistics/onsets.js";
import type { Rows } from "../statistics/rows.js";
import { type ClipMetric, meanMetric, THIS_PACKAGE } from "./clip-metric.js";

/**
 * Mean absolute offset between picture and generated sound as Synchformer estimates it (Iashin et al., arXiv 2401.16423; MMAudio, arXiv
 * 2412.15322), over the first and the last 4.8 s of each clip. 0 is best; guessing gives 1.05.
 *
 * Pitfalls: steps of 0.2 s; real sound is well above 0 too, so report it beside; clips below 4.8 s cannot be scored; systems that were
 * trained on Synchformer's features score well.
 */
export const desync = meanMetric(
  {
    id: "desync",
    title: "DeSync",
    unit: "s",
    direction: "lower",
    needs: ["pair/synchformer"],
    reference: "https://arxiv.org/abs/2412.15322",
  },
  (windows) => desyncOffsets(windows as Rows).reduce((sum, offset) => sum + offset, 0) / (windows as Rows).count,
);

const onset = (part: "precision" | "recall" | "f1", milliseconds: number): ClipMetric =>
  meanMetric(
    {
      id: `onset-${part}-${milliseconds}ms`,
      title: `Onset ${part === "f1" ? "F1" : part} ±${milliseconds} ms`,
      unit: "1",
      direction: "higher",
      needs: ["reference/onsets", "generated/onsets"],
      reference: "https://craffel.github.io/mir_eval/#module-mir_eval.onset",
    },
    (reference, generated) => {
      const [truth, found] = [[...(reference as Rows).data], [...(generated as Rows).data]];
      return truth.length + found.length > 0 ? onsetAgreement(found, truth, milliseconds / 1000)[part] : undefined;
    },
  );

/**
 * Share of generated onsets that have a true one within 50 ms, mean over clips; onsets are paired one to one, most pairs first.
 *
 * Pitfalls: a clip with onsets on one side only scores 0, one without any is left out; made for impacts, says little about rain or wind.
 */
export const onsetPrecision50 = onset("precision", 50);
/** Share of true onsets that have a generated one within 50 ms; see {@link onsetPrecision50}. */
export const onsetRecall50 = onset("recall", 50);
/** Harmonic mean of {@link onsetPrecision50} and {@link onsetRecall50} per clip. */
export const onsetF1At50 = onset("f1", 50);
/** As {@link onsetPrecision50}, within 100 ms. */
export const onsetPrecision100 = onset("precision", 100);
/** As {@link onsetRecall50}, within 100 ms. */
export const onsetRecall100 = onset("recall", 100);
/** As {@link onsetF1At50}, within 100 ms. */
export const onsetF1At100 = onset("f1", 100);

const ENVELOPES = ["reference/envelope", "generated/envelope"];

/** The lag of two contours that have a value every 10 ms. */
const lagOf = (reference: Rows, generated: Rows) =>
  crossCorrelationLag(generated.data, reference.data, Math.round(DEFAULT_LAG_MAXIMUM_SECONDS / DEFAULT_LAG_HOP_SECONDS));

/**
 * Absolute lag between the loudness of the generated and the true sound, at their best correlation within half a second.
 *
 * Pitfalls: a lag means little where the correlation is low, so read {@link envelopeCorrelation} beside it; steady sounds have none.
 */
export const envelopeLagMetric = meanMetric(
  {
    id: "envelope-lag",
    title: "Envelope lag",
    unit: "s",
    direction: "lower",
    needs: ENVELOPES,
    reference: THIS_PACKAGE,
  },
  (reference, generated) => Math.abs(lagOf(reference as Rows, generated as Rows).lag) * DEFAULT_LAG_HOP_SECONDS,
);

/** Correlation of the loudness of the generated and the true sound at their best lag, −1 … 1; 0 when one is silent or steady. */
export const envelopeCorrelation = meanMetric(
  {
    id: "envelope-correlation",
    title: "Envelope correlation",
    unit: "1",
    direction: "higher",
    needs: ENVELOPES,
    reference: THIS_PACKAGE,
  },
  (reference, generated) => lagOf(reference as Rows, generated as Rows).peak,
);
