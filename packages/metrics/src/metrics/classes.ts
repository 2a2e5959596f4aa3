/** What sound classifiers say: whether the right thing is heard, and how clear and varied a set is. */
import { inceptionScore, softmaxDivergences } from "../statistics/classes.js";
import type { Rows } from "../statistics/rows.js";
import { type ClipMetric, meanMetric, setMetric, type Taken } from "./clip-metric.js";

const networks = { panns: "PANNs", passt: "PaSST" } as const;

const divergence = (network: keyof typeof networks) =>
  meanMetric(
    {
      id: `kl-${network}`,
      title: `KL-${networks[network]}`,
      unit: "nat",
      direction: "lower",
      needs: [`reference/${network}-logits`, `generated/${network}-logits`],
      reference: "https://arxiv.org/abs/2110.08791",
    },
    (reference, generated) => softmaxDivergences(reference as Rows, generated as Rows)[0]!,
  );

const inception = (network: keyof typeof networks, taken: Taken): ClipMetric =>
  setMetric(
    {
      id: `isc-${network}`,
      title: network === "panns" ? "IS" : `IS-${networks[network]}`,
      unit: "1",
      direction: "higher",
      // The reference decides which clips have a partner; its numbers are not looked at.
      needs: [`generated/${network}-logits`, ...(taken === "pairs" ? [`reference/${network}-logits`] : [])],
      reference: "https://arxiv.org/abs/1606.03498",
      biased: true,
      taken,
    },
    (generated) => inceptionScore(generated as Rows).mean,
  );

/**
 * Divergence of what PANNs CNN14 hears in the true and in the generated sound, KL(true ‖ generated) of the softmax over its 527 classes:
 * whether each clip sounds of the right thing.
 *
 * Pitfalls: a softmax over labels that may hold at once; other papers use other classifiers or a small number inside the logarithm, and
 * their values do not compare.
 */
export const klPanns = divergence("panns");
/** As {@link klPanns}, heard by PaSST. */
export const klPasst = divergence("passt");

/**
 * Inception score of PANNs CNN14 (Salimans et al., arXiv 1606.03498), mean over ten parts dealt by numpy's `RandomState(2020)`: each
 * sound clear, the set varied. Needs no reference.
 *
 * Pitfalls: grows with the number of sounds; rewards classes that the classifier is sure of, right or wrong; needs at least ten sounds.
 */
export const iscPanns = inception("panns", "any");
/** As {@link iscPanns}, heard by PaSST, over the sounds that have a partner. */
export const iscPasst = inception("passt", "pairs");
