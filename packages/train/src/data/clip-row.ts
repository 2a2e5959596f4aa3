/** What is known of each clip of a prepared dataset: one line of its index. */
import type { TokenTimes } from "@foley-control/bridge";
import type { ClipScores } from "./rules.js";

/** Version of the folder's format, in `dataset.json` and in every shard. */
export const PREPARED_FORMAT = "foley-control/prepared-dataset@1";

/** Name of the part of a data set that nothing is trained on. */
export const HELD_OUT_SPLIT = "held-out";

/** A place in the shards. */
export interface ShardPlace {
  /** File name of the shard. */
  readonly shard: string;
  /** Row in its tensors. */
  readonly row: number;
}

/**
 * What became of a clip: its features are there; a rule spoke against it; the file could not be used; another clip has the same content;
 * the list names a file that is not there.
 */
export type ClipOutcome = "prepared" | "rejected" | "failed" | "duplicate" | "missing";

/** One line of `index.jsonl`. A later line with the same key replaces an earlier one. */
export interface ClipRow {
  /** Path and start: what tells the clips of a source apart. */
  readonly key: string;
  /** What became of it. */
  readonly outcome: ClipOutcome;
  /** SHA-256 of content and stretch, shortened: the same for the same clip under another name. Absent when the file could not be read. */
  readonly id?: string | undefined;
  /** File that it was cut from; `path` is relative to the media folder. */
  readonly source: {
    readonly path: string;
    readonly bytes?: number | undefined;
    /** Milliseconds since 1970; with `bytes`, what shows that the file has not changed. */
    readonly modified?: number | undefined;
    readonly sha256?: string | undefined;
  };
  /** Seconds into the file. */
  readonly start: number;
  /** Length in seconds. */
  readonly seconds: number;
  /** Captions; one empty text when there is none. */
  readonly texts: readonly string[];
  /** Part of the data set, where the list says so. */
  readonly split?: string | undefined;
  /** Times of events in seconds from the start of the clip, where the list says so. */
  readonly events?: readonly number[] | undefined;
  /** All scores that were measured. */
  readonly scores?: ClipScores | undefined;
  /** Where the features are; only for prepared clips. */
  readonly place?: ShardPlace | undefined;
  /** Where the embedding of each caption is; only for prepared clips. */
  readonly textPlaces?: readonly ShardPlace[] | undefined;
  /** Why it is not prepared, one sentence. */
  readonly reason?: string | undefined;
}

/** What made video tokens, and how they lie in time. */
export interface PreparedVideo extends TokenTimes {
  /** Id of the encoder. */
  readonly id: string;
  /** SHA-256 of its weights. */
  readonly digest: string;
  /** Tokens of a clip. */
  readonly tokens: number;
  /** Width of one. */
  readonly tokenWidth: number;
}

/** `dataset.json`: what the features of a folder were made with. Features of other parts do not go into the same folder. */
export interface PreparedManifest {
  /** {@link PREPARED_FORMAT}. */
  readonly format: string;
  /** Length of every clip, seconds. */
  readonly seconds: number;
  /** Video tokens [tokens, tokenWidth] per clip; of several encoders see `packTokens`, and each in `encoders`. */
  readonly video: PreparedVideo & { readonly encoders?: readonly PreparedVideo[] | undefined };
  /** Latents [channels, frames] per clip; `deviation` when standard deviations are kept too. */
  readonly audio: {
    readonly id: string;
    readonly digest: string;
    readonly channels: number;
    readonly frames: number;
    readonly latentRate: number;
    readonly sampleRate: number;
    readonly deviation: boolean;
  };
  /** Text tokens [length, tokenWidth] per caption. */
  readonly text: { readonly id: string; readonly digest: string; readonly length: number; readonly tokenWidth: number };
}

/** Counts per outcome. */
export function countOutcomes(rows: Iterable<ClipRow>): Readonly<Record<ClipOutcome, number>> {
  const counts = { prepared: 0, rejected: 0, failed: 0, duplicate: 0, missing: 0 };
  for (const { outcome } of rows) counts[outcome]++;
  return counts;
}
