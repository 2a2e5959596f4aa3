/** All metrics, in the order in which papers print them. */
import { byId } from "../by-id.js";
import { ibScore, laionClapScore, msClapScore } from "./agreement.js";
import { iscPanns, iscPasst, klPanns, klPasst } from "./classes.js";
import type { ClipMetric } from "./clip-metric.js";
import { fdPanns, fdPasst, fdVgg, kadPanns, kadPasst, kadVgg } from "./distances.js";
import { contentEnjoyment, contentUsefulness, productionComplexity, productionQuality, spectralDistance } from "./quality.js";
import {
  desync,
  envelopeCorrelation,
  envelopeLagMetric,
  onsetF1At50,
  onsetF1At100,
  onsetPrecision50,
  onsetPrecision100,
  onsetRecall50,
  onsetRecall100,
} from "./synchrony.js";

/** All metrics, in the order in which papers print them. */
export const metrics: readonly ClipMetric[] = [
  fdVgg,
  fdPanns,
  fdPasst,
  kadVgg,
  kadPanns,
  kadPasst,
  klPanns,
  klPasst,
  iscPanns,
  iscPasst,
  ibScore,
  desync,
  laionClapScore,
  msClapScore,
  productionQuality,
  contentEnjoyment,
  contentUsefulness,
  productionComplexity,
  onsetPrecision50,
  onsetRecall50,
  onsetF1At50,
  onsetPrecision100,
  onsetRecall100,
  onsetF1At100,
  envelopeLagMetric,
  envelopeCorrelation,
  spectralDistance,
];

/**
 * The metric of an id.
 *
 * @throws FoleyError `invalid-argument` for an unknown one; the message lists all.
 */
export const metricOf = (id: string): ClipMetric => byId("metric", metrics, id);
