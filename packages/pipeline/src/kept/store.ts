/** Where finished windows of long sounds are kept. The pipeline says what they are called and what is in them; a store knows bytes. */

/**
 * Keeps bytes by name. A window is asked for before it is made, and given when it is: a run that was stopped goes on where it was, and what a
 * change does not touch is not made again. What a store forgets is made again, and so is what it gives back damaged.
 */
export interface WindowStore {
  /** The bytes of that name (64 hexadecimal digits); `undefined` when there are none. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes: all of them or none, also when the process ends meanwhile or another writes the same. What is too much, oldest first, goes. */
  put(name: string, bytes: Uint8Array): Promise<void>;
}

/** Bytes that a store keeps when nothing else is said: 2 GiB, six hours of the embedded model, twenty minutes of large ones in stereo. */
export const DEFAULT_KEPT_BYTES = 2 * 2 ** 30;
