/** Progress events: one discriminated union for everything that takes longer than a second. Never printed by libraries. */

import type { Warning } from "./warning.js";

/** One event; noun-verb names, monotone `index`. */
export type ProgressEvent =
  | { readonly type: "load-start" | "load-end"; readonly part: string }
  | { readonly type: "download-progress"; readonly file: string; readonly done: number; readonly total?: number }
  | { readonly type: "prepare-progress"; readonly part: string; readonly fraction: number }
  | { readonly type: "read-progress"; readonly part: string; readonly done: number; readonly total?: number }
  | { readonly type: "encode-progress"; readonly part: string; readonly done: number; readonly total: number }
  /** A window of a long sound begins: how many seconds of the sound are finished, of how many. */
  | {
      readonly type: "window-start";
      readonly index: number;
      readonly count: number;
      readonly seconds: number;
      readonly totalSeconds: number;
    }
  | { readonly type: "step-start" | "step-end"; readonly index: number; readonly count: number; readonly sigma: number }
  | { readonly type: "decode-progress"; readonly done: number; readonly total: number }
  | { readonly type: "write-progress"; readonly path: string; readonly done: number; readonly total?: number }
  /** Something odd about what was read or written that does not stop the work. */
  | { readonly type: "warning"; readonly warning: Warning };

/** Receives progress events. */
export type ProgressListener = (event: ProgressEvent) => void;
