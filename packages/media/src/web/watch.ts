/**
 * Looks on from the page while a worker reads a file. A page cannot see what a worker costs, so it asks for a sign again and again: a worker that
 * is busy for ever gives none, one that reads the same bytes for ever gives signs without a step forward.
 */
import type { Verdict } from "../apart/guest.js";
import type { Allowance, Sign } from "./sign.js";

/** Milliseconds between two looks. */
export const STEP = 250;
/** Seconds without progress after a failure that nothing has waited for: what waits, waits for it. */
const AFTER_STRAY_FAILURE = 2;

/** What is done to a worker by who looks on. */
export interface Watched {
  /** Asks for a sign. */
  look(): void;
  /** Ends it. */
  end(why: Verdict): void;
}

/** Looks on. */
export class Watch {
  readonly #watched: Watched;
  #timer: ReturnType<typeof setInterval> | undefined;
  #asked = false;
  #sign: Omit<Sign, "type"> = { moves: 0, works: 0, serving: 0, waiting: 0, strayFailures: 0 };
  #before = { moves: -1, works: -1 };
  #allowed: Omit<Allowance, "type"> = { workSeconds: Number.POSITIVE_INFINITY, idleSeconds: Number.POSITIVE_INFINITY };
  #answered = true;
  /** Seconds without any sign, or of work that is no step forward. */
  #busy = 0;
  /** Seconds of signs that say nothing was done. */
  #idle = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Whether the page waits for an answer. */
  hold(waiting: boolean): void {
    this.#asked = waiting;
    if (!waiting || this.#timer !== undefined) return;
    this.#rest();
    this.#timer = setInterval(() => this.#look(), STEP);
    this.#watched.look();
  }

  /** Takes what the worker says. */
  take(message: Sign | Allowance): void {
    if (message.type === "allow") this.#allowed = message;
    else {
      this.#sign = message;
      this.#answered = true;
    }
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #rest(): void {
    this.#busy = 0;
    this.#idle = 0;
    this.#answered = true;
  }

  // Counted in looks, not by a clock: a page that sleeps has not been waiting.
  #look(): void {
    const { moves, works, serving, waiting, strayFailures } = this.#sign;
    const seconds = STEP / 1000;
    if (this.#answered && !this.#asked && serving === 0) {
      this.stop();
      return;
    }
    if (this.#answered && (moves !== this.#before.moves || serving === 0 || waiting > 0)) this.#rest();
    else if (!this.#answered || works !== this.#before.works) this.#busy += seconds;
    else this.#idle += seconds;
    this.#before = { moves, works };
    const patience = strayFailures > 0 ? AFTER_STRAY_FAILURE : this.#allowed.idleSeconds;
    const why = this.#busy > this.#allowed.workSeconds ? "work" : this.#idle > patience ? "idle" : undefined;
    if (why) {
      this.stop();
      this.#watched.end(why);
      return;
    }
    this.#answered = false;
    this.#watched.look();
  }
}
