/** A recording as a training knows it: what it is of, who made it under which licence, and its sound. */
import type { SoundEvent } from "../clip-sound.js";

/** What the index of a folder says of one file. */
export interface RecordingEntry {
  /** Name of the file in the folder. */
  readonly file: string;
  /** What kind of sound it is, one word, e.g. `footsteps`. */
  readonly cls: string;
  /** What exactly it is of, e.g. `step metal`. */
  readonly label: string;
  /** Licence, e.g. `CC BY 3.0`. */
  readonly licence: string;
  /** Who made it. */
  readonly author: string;
  /** Where it is from: recordings of one source stay together on one side of the hold-out. */
  readonly source: string;
  /** Length. */
  readonly seconds: number;
  /** It lasts, and is heard in crops; the others are single hits. */
  readonly long: boolean;
}

/** A recording in memory. */
export interface Recording extends RecordingEntry {
  /** Mono, at the codec's rate, peak at 1. */
  readonly audio: Float32Array;
  /** When it sounds anew; empty for what lasts. The strongest is 1. */
  readonly onsets: readonly SoundEvent[];
}

/** Recordings for a training, and those that it never hears. */
export interface Recordings {
  /** To train on. */
  readonly training: readonly Recording[];
  /** Of other sources. */
  readonly heldOut: readonly Recording[];
}

const FREE = /^(CC0|CC BY \d\.\d|MIT)(?![\w-])(?!.*not stated)/;

/** Whether what ships may have been trained on it: CC0, CC BY and MIT, unless the licence says that its origin is not stated. */
export const mayTrain = ({ licence }: Pick<RecordingEntry, "licence">): boolean => FREE.test(licence);
