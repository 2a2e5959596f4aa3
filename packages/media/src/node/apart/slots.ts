/** What the process that reads media and the thread that watches it tell each other, in shared memory. */

/** Places in the shared numbers. */
export const SLOT = {
  /** Questions that are being answered. */
  serving: 0,
  /** Grows with every step forward. */
  moves: 1,
  /** Answers that wait for the other side. */
  waiting: 2,
  /** Rejections that nothing has waited for, since the file was opened. */
  strayFailures: 3,
  /** Most memory of the process. */
  megabytes: 4,
  /** Most processor time without a step forward. */
  workMilliseconds: 5,
  /** Most time without work and without a step forward. */
  idleMilliseconds: 6,
  /** First of the places of programs that run for this process, by number; 0 for none. */
  programs: 7,
} as const;

/** Programs that are remembered: one for the picture and one for the sound, each again for who asks twice. */
export const PROGRAMS = 4;

/** How many places there are. */
export const SLOTS = 7 + PROGRAMS;

/** Before the reason for which the watch ends the process, in its error output. */
export const WATCH_MARK = "foley-watch: ";

/** What its owner ends the process by; those of a terminal reach both, and mean the owner. */
export const END_SIGNAL = "SIGUSR2";
