/** What a list says of a clip: where its sound and picture may be found, and what they are. */

/** A file that may hold a clip. */
export interface ClipFile {
  /** Name or path below the media folder; without an extension it is the stem of any video. */
  readonly name: string;
  /** Where the clip begins in this file, seconds. */
  readonly start: number;
}

/** One entry of a list. */
export interface ListedClip {
  /** Files to try, in this order: a cut clip and a whole video begin at different times. */
  readonly files: readonly ClipFile[];
  /** Length in seconds; `undefined` is to the end of the file. */
  readonly seconds?: number | undefined;
  /** Captions; empty when there is none. */
  readonly texts: readonly string[];
  /** Name of the part of the data set that it belongs to. */
  readonly split?: string | undefined;
  /** Times of events, seconds from the start of the clip. */
  readonly events?: readonly number[] | undefined;
}
