/** Progress on stderr: one bar that overwrites itself on a terminal, a plain line per stage elsewhere. */
import type { ProgressListener } from "@foley-control/core";
import type { Io } from "../io.js";
import { clockText, createTimeLeft } from "./duration.js";
import { createShare } from "./share.js";

/** A progress display; what is left of it goes when its scope is left. */
export interface Progress extends Disposable {
  /** Takes events of the libraries. */
  readonly listen: ProgressListener;
  /** Says that piece `index` of `count` begins, and its name where there are several; without this all is one piece. */
  piece(index: number, count: number, name?: string): void;
  /** Says what is going on when no event does, and how much of it is done, 0 to 1. Without a share the bar stays where it is. */
  say(text: string, share?: number, options?: SayOptions): void;
  /** Clears the bar; it comes back with the next event. */
  end(): void;
}

/** Options of {@link Progress.say}. */
export interface SayOptions {
  /** Whether the time that is left is guessed from the shares. Default false: they are of something that says so itself, or ends early. */
  readonly timeLeft?: boolean | undefined;
}

/** Milliseconds after which the clock beside the bar goes on by itself. */
const TICK = 1000;

/**
 * Makes a display; a quiet one shows nothing.
 *
 * @param pieces - where there are many, time left is guessed from the first on
 */
export function createProgress(io: Io, quiet: boolean, pieces = 1): Progress {
  const begun = performance.now();
  const share = createShare();
  const timeLeft = createTimeLeft(1 / pieces);
  const said = new Set<string>();
  let [shown, label, reached, of, place] = ["", "", 0, "", ""];
  let tells = false;
  let clock: NodeJS.Timeout | undefined;
  const leftText = (): string => {
    const left = tells ? timeLeft((performance.now() - begun) / 1000, reached) : undefined;
    return left === undefined ? "" : `, ${clockText(left)} left`;
  };
  const draw = (): void => {
    const width = Math.max(10, Math.min(30, io.columns - 40));
    const filled = Math.round(reached * width);
    const elapsed = (performance.now() - begun) / 1000;
    const times = clockText(elapsed) + leftText();
    const bar = `[${"#".repeat(filled)}${".".repeat(width - filled)}] ${String(Math.floor(reached * 100)).padStart(3)} %`;
    const text = `${bar}  ${of}${place}${label}  ${times}`;
    if (text === shown) return;
    io.err(`\r${text.slice(0, io.columns - 1).padEnd(Math.min(shown.length, io.columns - 1))}`);
    shown = text;
  };
  const show = (text: string, detail: string): void => {
    if (quiet) return;
    label = detail === "" ? text : `${text} ${detail}`;
    if (!io.errIsTerminal) {
      if (!said.has(of + text)) io.err(`${of}${text} …\n`);
      said.add(of + text);
      return;
    }
    draw();
    clock ??= setInterval(draw, TICK).unref();
  };
  const end = (): void => {
    clearInterval(clock);
    clock = undefined;
    if (shown !== "") io.err(`\r${" ".repeat(Math.min(shown.length, io.columns - 1))}\r`);
    shown = "";
  };
  return {
    listen(event) {
      if (event.type === "warning") return;
      const { label: stage, detail, share: now } = share.hear(event);
      [reached, tells] = [now, true];
      const left = leftText();
      // Of a long sound: which second is being made, of how many.
      if (event.type !== "window-start") return show(stage, detail);
      const at = `${clockText(event.seconds)} of ${clockText(event.totalSeconds)}`;
      place = `${at}  `;
      if (!io.errIsTerminal) show(`${at}${left}`, "");
    },
    piece(index, count, name) {
      if (index > 0) share.piece(count - index);
      else if (count > 1) share.piece(count);
      place = "";
      of = count > 1 ? `${index + 1}/${count}${name === undefined ? "" : ` ${name}`}: ` : "";
    },
    say(text, done, { timeLeft: isGuessed = false } = {}) {
      if (done !== undefined) [reached, tells] = [done, isGuessed];
      show(text, "");
    },
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
