/** What an open project is while one works on it. Panes get it from `useSession` and hand it on to what is not React. */
import type { StoreApi } from "zustand/vanilla";
import type { Clip } from "../clip/clip.js";
import type { FoleyEvent } from "../document/imports.js";
import type { Engine, TakeProgress } from "../engine/engine.js";
import type { OpenProject } from "../storage/projects.js";
import type { Player } from "../transport/player.js";
import type { Problem } from "./problem.js";

/** What is chosen: an event, or the cue as a whole. */
export type Selection =
  | { readonly type: "cue"; readonly cue: string }
  | { readonly type: "event"; readonly cue: string; readonly event: string };

/** A take that comes piece by piece, as far as it is there. */
export interface GrowingTake {
  /** Unique; the same while it grows. */
  readonly id: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples per channel that it will have. */
  readonly samples: number;
  /** Samples per channel that are there. */
  readonly ready: number;
  /** Planar samples; what is not there yet is silent. */
  read(from: number, to: number): Promise<readonly Float32Array[]>;
}

/** A take that is being made. */
export interface Job {
  readonly cue: string;
  readonly progress: TakeProgress | undefined;
  readonly draft: boolean;
  /** What of it can be heard already; `undefined` of what comes at once. */
  readonly growing: GrowingTake | undefined;
}

/** What the panes share and no undo brings back. Written by gestures and jobs, never once per frame. */
export interface ViewState {
  readonly selection: Selection | undefined;
  /** What the picture says, once it is known. */
  readonly found: readonly FoleyEvent[] | undefined;
  /** The take that is being made, if one is. */
  readonly job: Job | undefined;
  /** Whether a take that is still made is heard in place of the chosen one, as far as it is there. */
  readonly listenToGrowing: boolean;
  /** The cue whose take was being made when the page was closed. */
  readonly unfinished: string | undefined;
  /** What went wrong last: a sentence, and what to do. */
  readonly problem: Problem | undefined;
  /** Sentences about what is odd: of the clip when it was opened, then of the take that was made last. */
  readonly warnings: readonly string[];
  /** Heard in place of the chosen take: the original sound (A/B). */
  readonly listenToOriginal: boolean;
  /** Whether nothing is heard, whatever plays. */
  readonly muted: boolean;
  /** Whether takes of a cue are heard equally loud while they are compared. */
  readonly equalLoudness: boolean;
  /** The marked stretch of the clip, seconds. */
  readonly range: { readonly start: number; readonly end: number } | undefined;
  /** Whether the marked stretch is played again and again. */
  readonly looping: boolean;
  /** Whether edges snap. */
  readonly snap: boolean;
}

/** An open project with all that works on it. */
export interface Session {
  readonly project: OpenProject;
  /** `undefined` until the video was found. */
  readonly clip: Clip | undefined;
  readonly player: Player;
  readonly engine: Engine;
  readonly view: StoreApi<ViewState>;
  /** Makes a take of a cue and puts it into the document: a draft first, refined after it, unless asked for one of them. */
  make(cue: string, options?: { readonly which?: "draft" | "refined" | "both" }): Promise<void>;
  /** Makes the marked stretch of the chosen take anew, as a take of its own; what is outside of it stays, sample by sample. Says what is missing. */
  makeRange(cue: string): Promise<void>;
  /** Stops what is being made, within one step. */
  cancel(): void;
}
