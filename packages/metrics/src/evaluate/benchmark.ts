/** Clips of a benchmark: what is true of each, and where it lies. */

/** One clip of a benchmark, as far as its files are there. */
export interface BenchmarkClip {
  /** Name that generated sounds are paired by, without ending. */
  readonly id: string;
  /** Path of the video, if there is one. */
  readonly video?: string | undefined;
  /** Path of the true sound, if there is one; often that of the video. */
  readonly audio?: string | undefined;
  /** What should be heard, in words. */
  readonly caption?: string | undefined;
  /** Times of events that people marked, seconds from the beginning of the clip. */
  readonly onsets?: readonly number[] | undefined;
  /** Where the clip begins in its files, seconds; 0 for files that are cut. */
  readonly start: number;
  /** Length in seconds; `undefined`: to the end of the file. */
  readonly seconds?: number | undefined;
}

/** Something that the list names and the folder lacks. */
export interface MissingFile {
  /** The clip. */
  readonly id: string;
  /** What is missing. */
  readonly what: "video" | "audio" | "onsets";
  /** Names that were looked for, without ending. */
  readonly names: readonly string[];
}

/** A benchmark as it lies on the disk. */
export interface Benchmark {
  /** Id of its layout. */
  readonly layout: string;
  /** Clips that the list names, in its order, whether or not their files are there. */
  readonly clips: readonly BenchmarkClip[];
  /** What is not there; clips without any file are in `clips` too. */
  readonly missing: readonly MissingFile[];
  /** Clips of the whole benchmark, where that is known: a shorter list is a part of it, and its numbers do not compare. */
  readonly published: number | undefined;
}
