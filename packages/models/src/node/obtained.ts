/** What obtaining a model gives its opener, whichever way it came. */

/** A model that is here now. */
export interface Obtained {
  /** Its folder, or its file. */
  readonly path: string;
  /** Its files below the folder where it is a repository of the hub; `undefined` for a path of one's own, and for a model that has a word. */
  readonly files: readonly string[] | undefined;
  /** Further folders in which parts of it lie. Default: none. */
  readonly folders?: readonly string[] | undefined;
}
