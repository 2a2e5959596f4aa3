/** What a worker that reads media says of itself beside its answers, and what it is asked. */

/** How the work stands. */
export interface Sign {
  readonly type: "sign";
  /** Grows with every step forward. */
  readonly moves: number;
  /** Grows with everything that is done. */
  readonly works: number;
  /** Questions that are being answered. */
  readonly serving: number;
  /** Answers that wait for the page. */
  readonly waiting: number;
  /** Rejections that nothing has waited for, since the file was opened. */
  readonly strayFailures: number;
}

/** Seconds that the open file may cost. */
export interface Allowance {
  readonly type: "allow";
  readonly workSeconds: number;
  readonly idleSeconds: number;
}

/** The first word of a worker: it can decode, or it cannot. */
export interface Ready {
  readonly type: "ready";
  readonly decodes: boolean;
}

/** Asks for a sign. */
export const LOOK = { type: "look" } as const;
