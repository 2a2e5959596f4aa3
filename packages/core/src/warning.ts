/**
 * What is odd and does not stop the work: a sentence for people, a code and its numbers for who says it in other words. A page in another language than
 * English has a sentence of its own for each code.
 */

/** What goes with each code, for sentences in other languages. */
export interface WarningValues {
  /** A file ends before its index says. */
  readonly truncated: Readonly<Record<never, never>>;
  /** A track of pictures has none. */
  readonly "no-frames": Readonly<Record<never, never>>;
  /** The first `seconds` of the picture lack the picture that they follow from. */
  readonly "starts-late": { readonly seconds: number };
  /** The picture is of a kind that is not read. */
  readonly "unread-picture": { readonly codec: string };
  /** The picture's colours are made by a matrix that is not converted: `code` of ISO/IEC 23091-2. */
  readonly "unknown-colours": { readonly code: number };
  /** The sound is silent from `seconds` on, because it cannot be decoded. */
  readonly "sound-lost": { readonly seconds: number };
  /** `count` of `total` frames, the first at `seconds`, cannot be decoded: a neighbour stands in. */
  readonly "frames-held": { readonly count: number; readonly total: number; readonly seconds: number };
  /** Two sounds together were turned down by up to `decibels`. */
  readonly "turned-down": { readonly decibels: number };
  /** The new file lacks something of the old one: subtitles, chapters or its place. */
  readonly "metadata-lost": Readonly<Record<never, never>>;
  /** `count` of `total` events lie outside of what gets sound. */
  readonly "events-outside": { readonly count: number; readonly total: number };
  /** The model does not see the picture. */
  readonly "no-bridge": Readonly<Record<never, never>>;
  /** The prompt has words that the model does not know, here as a list in quotes. */
  readonly "unknown-words": { readonly words: string };
  /** Networks could be computed faster: on more threads, or natively. */
  readonly slow: Readonly<Record<never, never>>;
  /** Finished parts are not kept, for a `reason` that whoever keeps them gave. */
  readonly "not-kept": { readonly reason: string };
  /** The clip is not the one that was looked at. */
  readonly "clip-changed": Readonly<Record<never, never>>;
}

/** For programs to branch on. */
export type WarningCode = keyof WarningValues;

/** Something odd about what was read, made or written that does not stop the work. */
export type Warning<Code extends WarningCode = WarningCode> = {
  readonly [One in Code]: {
    /** For programs to branch on. */
    readonly code: One;
    /** One sentence, in English. */
    readonly message: string;
    /** The numbers and names in it. */
    readonly values: WarningValues[One];
  };
}[Code];
