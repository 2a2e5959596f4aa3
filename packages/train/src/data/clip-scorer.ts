/** How scorers with networks of their own join the curation: as metrics of one clip. None is part of this package. */
import type { Metric, Picture } from "@foley-control/core";

/** What a scorer gets of a clip. */
export interface ClipEvidence {
  /** First caption; empty when there is none. */
  readonly text: string;
  /** The sound at its own rate, planar. */
  readonly sound: { readonly sampleRate: number; readonly channels: readonly Float32Array[] };
  /** Pictures, two a second, upright; empty unless the scorer `needs` "pictures". */
  readonly pictures: readonly Picture[];
}

/** Pictures per second that scorers get. */
export const EVIDENCE_PICTURES_PER_SECOND = 2;

/**
 * A metric of one clip: aesthetics of the sound, agreement of sound and picture. Its number goes into the row of the clip under the metric's
 * `id`, where rules find it. It is asked only for clips that pass the rules on cheaper scores.
 */
export type ClipScorer = Metric<ClipEvidence>;
