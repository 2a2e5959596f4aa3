/** Whether a sound fits its picture or its text: cosines of embeddings that share a space. */
import { cosines } from "../statistics/cosine.js";
import type { Rows } from "../statistics/rows.js";
import { meanMetric } from "./clip-metric.js";

const agreement = (id: string, title: string, reference: string, other: string, own: string) =>
  meanMetric(
    { id, title, unit: "1", direction: "higher", needs: [other, own], reference },
    (a, b) => cosines(a as Rows, b as Rows)[0]!,
  );

/**
 * Cosine of ImageBind's embeddings of picture and generated sound (Girdhar et al., arXiv 2305.05665): whether the sound is of what is
 * seen. Papers print it times 100.
 *
 * Pitfalls: says nothing about timing; its weights may not be used commercially; data sets are filtered by it and systems trained with
 * it, which then score well; the whole sound counts, however long, where other metrics hear the first seconds.
 */
export const ibScore = agreement(
  "ib-score",
  "IB-score",
  "https://arxiv.org/abs/2305.05665",
  "video/imagebind",
  "generated/imagebind",
);

/**
 * Cosine of LAION-CLAP's embeddings of caption and generated sound (Wu et al., arXiv 2211.06687).
 *
 * Pitfalls: moves with the wording of the caption; sounds below 10 s are repeated or followed by zeros.
 */
export const laionClapScore = agreement(
  "clap-laion",
  "CLAP (LAION)",
  "https://arxiv.org/abs/2211.06687",
  "text/laion-clap",
  "generated/laion-clap",
);

/**
 * Cosine of MS-CLAP's embeddings of caption and generated sound (Elizalde et al., arXiv 2309.05767).
 *
 * Pitfalls: hears 7 s; the reference cuts them out at random, this one takes the first, so that the number is the same every time.
 */
export const msClapScore = agreement(
  "clap-ms",
  "CLAP (MS)",
  "https://arxiv.org/abs/2309.05767",
  "text/ms-clap",
  "generated/ms-clap",
);
