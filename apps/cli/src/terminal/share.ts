/**
 * How much of a piece of work is done, told by the events of the libraries: a share from 0 to 1 that only grows and never leaps. What a piece
 * leaves out (a picture that nobody looks at) takes its part of the bar with it: what follows fills the rest.
 */
import type { ProgressEvent } from "@foley-control/core";

/** Events that tell how far work is; what was odd is said at its end. */
export type WorkEvent = Exclude<ProgressEvent, { readonly type: "warning" }>;

/** Kinds of events that a generation has, in the order of its work; those of one number come in turns. */
const STAGES = {
  "load-start": { order: 0, weight: 0.05, label: "loading the model" },
  "load-end": { order: 0, weight: 0, label: "loading the model" },
  "download-progress": { order: 0, weight: 0, label: "downloading" },
  "prepare-progress": { order: 0, weight: 0, label: "preparing" },
  "read-progress": { order: 1, weight: 0.25, label: "reading the clip" },
  "encode-progress": { order: 1, weight: 0.05, label: "watching" },
  "step-start": { order: 2, weight: 0, label: "sampling" },
  "step-end": { order: 2, weight: 0.5, label: "sampling" },
  "decode-progress": { order: 3, weight: 0.1, label: "decoding the sound" },
  "write-progress": { order: 4, weight: 0.05, label: "writing" },
} as const satisfies Readonly<
  Record<Exclude<WorkEvent["type"], "window-start">, { order: number; weight: number; label: string }>
>;

/** The share of one piece after another. */
export interface Share {
  /** Takes an event; gives what it is about, and how far everything is. */
  hear(event: WorkEvent): { readonly label: string; readonly detail: string; readonly share: number };
  /** Begins a piece: what is left of the whole is divided among it and those behind it. */
  piece(left: number): void;
}

/** Begins with one piece. */
export function createShare(): Share {
  // Of the whole: what was done when the piece began, and how much of the whole the piece is.
  let [before, part] = [0, 1];
  // Of the whole: where the piece ends. A long sound is made in windows, and each is a part of its piece.
  let end = 1;
  // Of the piece: what was done when its present stage began, and which stage that is.
  let [base, order] = [0, 0];
  let done = new Map<string, number>();
  const ofPiece = (): number => {
    const alive = Object.entries(STAGES).filter(([, stage]) => stage.order >= order);
    const weight = alive.reduce((sum, [, stage]) => sum + stage.weight, 0);
    const sum = alive.reduce((total, [type, stage]) => total + stage.weight * (done.get(type) ?? 0), 0);
    return base + (1 - base) * (sum / weight);
  };
  const begin = (until: number, left: number): void => {
    before += part * ofPiece();
    part = (until - before) / left;
    [base, order, done] = [0, 0, new Map()];
  };
  return {
    hear(event) {
      if (event.type === "window-start") {
        begin(end, event.count - event.index);
        return { label: "", detail: "", share: before };
      }
      const stage = STAGES[event.type];
      if (stage.order > order) [base, order] = [ofPiece(), stage.order];
      const type = event.type === "load-end" ? "load-start" : event.type;
      done.set(type, Math.max(done.get(type) ?? 0, partOf(event)));
      const detail = "count" in event ? `${event.index + 1}/${event.count}` : "";
      return { label: stage.label, detail, share: before + part * ofPiece() };
    },
    piece(left) {
      begin(1, left);
      end = before + part;
    },
  };
}

/** How much of its stage an event says is done. */
function partOf(event: Exclude<WorkEvent, { readonly type: "window-start" }>): number {
  switch (event.type) {
    case "load-start":
    case "step-start":
      return 0;
    case "load-end":
      return 1;
    case "step-end":
      return (event.index + 1) / event.count;
    case "prepare-progress":
      return event.fraction;
    default:
      return event.total === undefined || event.total === 0 ? 0 : Math.min(1, event.done / event.total);
  }
}
