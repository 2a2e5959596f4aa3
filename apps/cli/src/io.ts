/** Everything that a command may touch of the world it runs in, so that tests can run commands in their own process. */

/** Where a command writes, what stops it, and what it may know of its surroundings. */
export interface Io {
  /** Results, and nothing else. */
  readonly out: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly err: (text: string) => void;
  /** Whether results go to a terminal (colours). */
  readonly outIsTerminal: boolean;
  /** Whether progress goes to a terminal (a bar that overwrites itself, colours). */
  readonly errIsTerminal: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C, by SIGTERM and when the terminal is closed. */
  readonly signal: AbortSignal;
  /** Absent where nothing can be piped. */
  readonly pipes?: Pipes | undefined;
  /** Asks a person yes or no; absent where nobody can be asked. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Bytes in and out, for `-` in a file's place. */
export interface Pipes {
  /** What is piped into the command; absent at a terminal. */
  readonly input?: (() => AsyncIterable<Uint8Array>) | undefined;
  /**
   * Writes a result that is no text to where results go; absent at a terminal.
   *
   * @throws FoleyError `not-writable` when not all of it arrives
   */
  readonly output?: ((bytes: Uint8Array) => Promise<void>) | undefined;
}

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** A mistake in how the command was called; ends it with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
