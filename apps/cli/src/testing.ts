/** Runs commands in the process of a test and keeps what they said. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UntrainedOptions } from "@foley-control/mini";
import { writeUntrainedMini } from "@foley-control/mini/node";
import type { Io } from "./io.js";
import { run } from "./run.js";

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A surrounding without terminal and colours; what is written goes nowhere unless it is told where. */
export const quietIo = (more: Partial<Io> = {}): Io => ({
  out: () => undefined,
  err: () => undefined,
  outIsTerminal: false,
  errIsTerminal: false,
  columns: 80,
  // What is kept between commands is kept where a test's files are.
  env: { FOLEY_CACHE_DIR: join(tmpdir(), "foley-test-cache") },
  signal: new AbortController().signal,
  ...more,
});

/** Runs one command line; no terminal, no colours. */
export async function ran(argv: readonly string[], more: Partial<Io> = {}): Promise<Ran> {
  let out = "";
  let err = "";
  const io = quietIo({
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...more,
  });
  const code = await run(argv, io);
  return { code, out, err };
}

/** Writes an untrained model that looks at clips once, in windows of a second: most of what a short sound costs is looking at its picture. */
export const writeQuickMini = (folder: string, options: UntrainedOptions = {}): Promise<void> =>
  writeUntrainedMini(folder, { ...options, encoder: { window: 32, context: 4, mirroredNegative: false } });
