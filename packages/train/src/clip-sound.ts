/** The sound of a clip with what is known of it. */

/** Something in a sound that begins at once. */
export interface SoundEvent {
  /** Seconds from the start. */
  readonly time: number;
  /** In (0, 1]. */
  readonly strength: number;
}

/** The sound of a clip. */
export interface ClipSound {
  /** Mono. */
  readonly audio: Float32Array;
  /** What may be said of it, the first is the plainest. */
  readonly captions: readonly string[];
  /** When something sounds anew, and how strong; empty for what lasts. */
  readonly events: readonly SoundEvent[];
  /** How lively what lasts is, 0 to 1, at evenly spaced times; absent where nothing lasts. */
  readonly level?: { readonly rate: number; readonly values: Float32Array } | undefined;
}
