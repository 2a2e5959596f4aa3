/**
 * Distances between the sounds of two sets, whatever belongs together in them. `av-benchmark` takes every sound of both folders for VGGish
 * and PANNs, but only pairs for PaSST.
 */
import { frechetDistance } from "../statistics/frechet.js";
import { drawRows, kernelAudioDistance } from "../statistics/kernel-distance.js";
import type { Rows } from "../statistics/rows.js";
import { type ClipMetric, setMetric, type Taken } from "./clip-metric.js";

const networks = {
  vggish: { name: "VGG", taken: "any" },
  panns: { name: "PANNs", taken: "any" },
  passt: { name: "PaSST", taken: "pairs" },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly taken: Taken }>>;

/** Rows per side that the kernel distances are taken of at most, drawn with a fixed seed; they compare each row with each. */
const KERNEL_METRIC_ROWS = 3000;

function frechet(network: keyof typeof networks): ClipMetric {
  const { name, taken } = networks[network];
  return setMetric(
    {
      id: `fd-${network}`,
      title: `FD-${name}`,
      unit: "1",
      direction: "lower",
      needs: [`generated/${network}`, `reference/${network}`],
      reference: "https://arxiv.org/abs/1812.08466",
      biased: true,
      taken,
    },
    (generated: Rows, reference: Rows) => frechetDistance(generated, reference),
  );
}

function kernel(network: keyof typeof networks): ClipMetric {
  const { name, taken } = networks[network];
  return setMetric(
    {
      id: `kad-${network}`,
      title: `KAD-${name}`,
      unit: "1",
      direction: "lower",
      needs: [`generated/${network}`, `reference/${network}`],
      reference: "https://arxiv.org/abs/2502.15602",
      biased: false,
      taken,
    },
    (generated: Rows, reference: Rows) =>
      kernelAudioDistance(drawRows(generated, KERNEL_METRIC_ROWS), drawRows(reference, KERNEL_METRIC_ROWS)).distance,
  );
}

/**
 * Fréchet distance of VGGish embeddings (FD-VGG, also FAD; Kilgour et al., arXiv 1812.08466): whether the sounds of two sets are alike as
 * sets. One row per 0.96 s of every sound, 128 numbers, neither PCA nor the last ReLU.
 *
 * Pitfalls: biased upwards for few rows (`frechetWarning`); hears little of what people hear in environmental sounds (arXiv 2403.17508);
 * depends on the resampler and on gain; never compare sets of different lengths or sizes.
 */
export const fdVgg = frechet("vggish");

/**
 * Fréchet distance of PANNs CNN14 embeddings (Kong et al., arXiv 1912.10211): one row of 2048 numbers per sound.
 *
 * Pitfalls: needs thousands of sounds before its bias is small; embeddings depend on the length of the sound, so that 8 s and 10 s do not
 * go together; silence can score well.
 */
export const fdPanns = frechet("panns");

/**
 * Fréchet distance of PaSST embeddings (Koutini et al., arXiv 2110.05069): one row of 768 numbers per sound that has a partner.
 *
 * Pitfalls: as {@link fdPanns}; sounds below 10 s are heard with zeros after them.
 */
export const fdPasst = frechet("passt");

/**
 * Kernel audio distance of VGGish embeddings (Chung et al., arXiv 2502.15602): the question of {@link fdVgg} without its bias. The
 * median distance within the reference is the width of the kernel.
 *
 * Pitfalls: of more than 3000 rows as many are drawn; slightly negative for sets of the same kind; numbers of different embeddings or references do not compare.
 */
export const kadVgg = kernel("vggish");
/** Kernel audio distance of PANNs embeddings; see {@link kadVgg}. */
export const kadPanns = kernel("panns");
/** Kernel audio distance of PaSST embeddings; see {@link kadVgg}. */
export const kadPasst = kernel("passt");
