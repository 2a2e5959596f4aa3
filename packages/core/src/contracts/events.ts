/**
 * What happens in a clip and is to be heard: found by an encoder, edited by a person, read from a file. The same track is what `foley events`
 * writes, what a bridge is told, and what a timeline shows.
 */

/** Where in the picture: 0 is left or top, 1 right or bottom. */
export interface EventPlace {
  /** Across, from the left. */
  readonly x: number;
  /** Down, from the top. */
  readonly y: number;
}

/** One thing that happens at one moment. */
export interface FoleyEvent {
  /** Seconds from the start of the clip. */
  readonly time: number;
  /** How hard, relative to the hardest: above 0, at most 1. */
  readonly strength: number;
  /** Where it is seen, if known. */
  readonly place?: EventPlace | undefined;
  /** What happens, if known: `hit`, `step`, `drop` and the like; any word. */
  readonly kind?: string | undefined;
  /** Who says so. */
  readonly source: "encoder" | "person" | "file";
}

/** Events in order of time. */
export type EventTrack = readonly FoleyEvent[];

/**
 * What a {@link VideoEncoder} that finds contacts says of them. Its graph has the outputs `contacts` [batch, frames, rows·columns], the
 * logit that something touches in that cell in that frame, and `strengths` [batch, frames] from 0 to 1. Its tokens end in the
 * event channels (`EVENT_CHANNELS` of `@foley-control/video-encoder`), zeros in the graph: whoever hands tokens to a bridge fills them with the
 * track that is to be heard, the one that was found or another.
 */
export interface ContactOutput {
  /** Rows and columns of cells over the picture. */
  readonly cells: readonly [number, number];
  /**
   * Channel of the tokens that says how lively what lasts moves (rain, an engine, something that slides), 0 to 1, where the tokens are made of
   * it and the events alone: then they can be said without a picture, for a clip whose truth is known.
   */
  readonly level?: number | undefined;
  /** A frame whose cells together (log of the summed odds) reach this logit holds a contact. */
  readonly threshold: number;
  /** Least time between two contacts, seconds. */
  readonly spacing: number;
  /** How much later than it happens a contact is seen, seconds. */
  readonly lag: number;
}
