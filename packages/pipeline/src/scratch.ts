/** Where the sound of a long clip lies: appended piece by piece while it is made, read by whoever needs it, and gone with its take. */
import type { Pcm, PcmSource } from "@foley-control/media";

/** Bytes from which a sound does not stay in memory. */
export const DEFAULT_SCRATCH_BYTES = 16 * 2 ** 20;

/** What is known of a sound before it is there. */
export interface ScratchShape {
  /** Hz. */
  readonly sampleRate: number;
  /** How many channels there are. */
  readonly channelCount: number;
  /** Samples of one channel. */
  readonly length: number;
}

/** A place for sounds. */
export interface SoundScratch {
  /** Begins a sound of that shape. */
  begin(shape: ScratchShape): Promise<ScratchWriter>;
}

/** A sound on its way there. */
export interface ScratchWriter {
  /** Takes what comes next. */
  append(channels: readonly Float32Array[]): Promise<void>;
  /** Ends the sound; what lies there goes when nobody holds the result any more. */
  end(): Promise<StoredSound>;
  /** The sound is not wanted. */
  discard(): Promise<void>;
}

/** A sound that lies somewhere. */
export interface StoredSound extends PcmSource {
  /** All of it in memory; absent where it cannot be read at once. */
  readonly whole?: () => Pcm;
}
