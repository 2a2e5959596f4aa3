/**
 * The project document: everything of a project that undo can bring back, as plain JSON. One layer and one cue over the whole clip today;
 * several of both fit without a new format. What is derived (found events, filmstrips, peaks) is no part of it.
 */
import type { FoleyEvent, OriginalSound } from "./imports.js";

/** The format of {@link StudioDocument} that this version writes. */
export const DOCUMENT_FORMAT = 1;

/** What a project knows of its video, so that it is found again when it was moved, and another one is told from it. */
export interface SourceReference {
  /** Name of the file. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  /** SHA-256 of size, first and last MiB, hexadecimal. */
  readonly digest: string;
  /** Length of the picture, seconds. */
  readonly duration: number;
  /** Pictures per second, as a rational number's quotient; what timecode and "one frame" mean. */
  readonly frameRate: number;
  /** Pixels, upright. */
  readonly width: number;
  /** Pixels, upright. */
  readonly height: number;
  /** Whether the video has sound of its own. */
  readonly sound: boolean;
}

/** An event that a person may move: one of the track, with a name that lasts. */
export interface EventMark extends FoleyEvent {
  /** Unique in its cue. */
  readonly id: string;
}

/** What a take was made from; enough to make it again. */
export interface TakeSettings {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly seed: number;
  /** Sampler steps: few for a draft. */
  readonly steps: number;
  /** Guidance scale for the prompt; `undefined` leaves it to the model. */
  readonly guidanceScale: number | undefined;
  /** How much the picture counts, 0 to 2. */
  readonly videoStrength: number;
  /** The events that were to be heard. */
  readonly events: readonly FoleyEvent[];
  /** Identifier of the model. */
  readonly model: string;
  /** The stretch of the clip that was made so, seconds; the rest is that of an earlier take. `undefined`: all of it. */
  readonly anew?: { readonly start: number; readonly end: number } | undefined;
}

/** One finished sound of a cue. Its samples lie in the store of takes under `digest`. */
export interface TakeReference {
  readonly id: string;
  /** SHA-256 of its samples, hexadecimal. */
  readonly digest: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples per channel. */
  readonly samples: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Integrated loudness, LUFS; −Infinity is kept as −200. */
  readonly loudness: number;
  /** Onsets in the sound, seconds of the clip. */
  readonly onsets: readonly number[];
  readonly settings: TakeSettings;
  /** Made quickly with few steps, to be replaced by a refined one. */
  readonly draft: boolean;
  readonly starred: boolean;
}

/** A stretch of the clip that gets sound. */
export interface Cue {
  readonly id: string;
  /** Seconds of the clip. */
  readonly start: number;
  /** Seconds of the clip. */
  readonly end: number;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly seed: number;
  /** A locked seed stays; else every new take has another. */
  readonly seedLocked: boolean;
  readonly videoStrength: number;
  /** Sampler steps of a full take; `undefined` leaves them to the model. */
  readonly steps: number | undefined;
  /** `undefined`: what the picture says. */
  readonly events: readonly EventMark[] | undefined;
  readonly takes: readonly TakeReference[];
  /** The take that is heard and taken home. */
  readonly chosen: string | undefined;
}

/** Cues that are heard together, with one volume. */
export interface Layer {
  readonly id: string;
  readonly name: string;
  readonly muted: boolean;
  readonly gainDb: number;
  readonly cues: readonly Cue[];
}

/** A project. */
export interface StudioDocument {
  readonly format: typeof DOCUMENT_FORMAT;
  readonly name: string;
  /** `undefined` before a video was dropped. */
  readonly source: SourceReference | undefined;
  /** What becomes of the video's own sound. */
  readonly original: { readonly use: OriginalSound; readonly gainDb: number };
  readonly layers: readonly Layer[];
}
