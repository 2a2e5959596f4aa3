/** Runs commands in the process of a test and keeps what they said. */
import type { Io } from "./io.js";
import { run } from "./run.js";

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line; no terminal, no colours. */
export async function ran(argv: readonly string[], more: Partial<Io> = {}): Promise<Ran> {
  let out = "";
  let err = "";
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    env: {},
    signal: new AbortController().signal,
    ...more,
  };
  const code = await run(argv, io);
  return { code, out, err };
}
