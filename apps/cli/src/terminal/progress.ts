/** Progress on stderr: one bar that overwrites itself on a terminal, a plain line per stage elsewhere. */
import type { ProgressEvent, ProgressListener } from "@foley-control/core";
import type { Io } from "../io.js";

/** A progress display; what is left of it goes when its scope is left. */
export interface Progress extends Disposable {
  /** Takes events of the libraries. */
  readonly listen: ProgressListener;
  /** Says what is going on when no event does, and how much of it is done, 0 to 1. */
  say(text: string, share?: number): void;
  /** Clears the bar. */
  end(): void;
}

/** Share of a generation at which each stage begins and ends. */
const spans: Readonly<Record<string, readonly [number, number, string]>> = {
  "load-start": [0, 0.05, "loading the model"],
  "load-end": [0, 0.05, "loading the model"],
  "download-progress": [0, 1, "downloading"],
  "read-progress": [0.05, 0.3, "reading the clip"],
  "encode-progress": [0.3, 0.35, "watching"],
  "step-start": [0.35, 0.85, "sampling"],
  "step-end": [0.35, 0.85, "sampling"],
  "decode-progress": [0.85, 0.95, "decoding the sound"],
  "write-progress": [0.95, 1, "writing"],
};

/** Makes a display; a quiet one shows nothing. */
export function createProgress(io: Io, quiet: boolean): Progress {
  let shown = "";
  let stage = "";
  const draw = (label: string, share: number): void => {
    const width = Math.max(10, Math.min(30, io.columns - 40));
    const filled = Math.round(share * width);
    const text = `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${String(Math.round(share * 100)).padStart(3)} %  ${label}`;
    if (text === shown) return;
    io.err(`\r${text.slice(0, io.columns - 1).padEnd(Math.min(shown.length, io.columns - 1))}`);
    shown = text;
  };
  const show = (label: string, detail: string, share: number): void => {
    if (quiet) return;
    if (io.errIsTerminal) draw(detail === "" ? label : `${label} ${detail}`, share);
    else if (label !== stage) io.err(`${label} …\n`);
    stage = label;
  };
  const end = (): void => {
    if (shown !== "") io.err(`\r${" ".repeat(Math.min(shown.length, io.columns - 1))}\r`);
    shown = "";
  };
  return {
    listen(event: ProgressEvent) {
      const [from, to, label] = spans[event.type] as readonly [number, number, string];
      const { done, detail } = inside(event);
      show(label, detail, from + (to - from) * done);
    },
    say: (text, share = 0) => show(text, "", share),
    end,
    [Symbol.dispose]: end,
  };
}

/** Milliseconds between lines where there is no terminal. */
const PATIENCE = 10_000;

/** The same function, but where there is no terminal it does something at most every ten seconds, and when quiet never. */
export function patiently<A extends readonly unknown[]>(io: Io, quiet: boolean, say: (...what: A) => void): (...what: A) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (...what) => {
    const now = performance.now();
    if (quiet || (!io.errIsTerminal && now - last < PATIENCE)) return;
    last = now;
    say(...what);
  };
}

function inside(event: ProgressEvent): { readonly done: number; readonly detail: string } {
  switch (event.type) {
    case "step-start":
    case "step-end":
      return { done: (event.index + 1) / event.count, detail: `${event.index + 1}/${event.count}` };
    case "download-progress":
    case "read-progress":
    case "write-progress":
      return { done: event.total === undefined || event.total === 0 ? 0 : event.done / event.total, detail: "" };
    case "encode-progress":
    case "decode-progress":
      return { done: event.total === 0 ? 1 : event.done / event.total, detail: "" };
    case "load-start":
      return { done: 0, detail: "" };
    case "load-end":
      return { done: 1, detail: "" };
  }
}
