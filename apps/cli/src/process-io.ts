/**
 * This process as commands see it: what stops it, and where it writes. A reader that goes away, a terminal that is closed and a disk that
 * is full take away what would have been written there, never the work.
 */
import { createInterface } from "node:readline/promises";
import { addAbortSignal } from "node:stream";
import { notWritable, reasonOf } from "@foley-control/files/node";
import { EXIT, type Io } from "./io.js";

/** The world of a process, and what its exit code becomes. */
export interface ProcessIo extends Io {
  /** The exit code of a command that gave `code`: a failure where results could not be written. */
  readonly exitCode: (code: number) => number;
}

/** Signals that stop the work: Ctrl-C, a service manager, a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Nobody reads any more: a pipe that was closed, a terminal that is gone. */
const NOBODY_READS: ReadonlySet<string | undefined> = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** Joins a process to the commands; to be called once. */
export function processIo(): ProcessIo {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) leave(signal);
    else controller.abort(new Error("interrupted"));
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const [out, err] = [writerTo(process.stdout), writerTo(process.stderr)];
  const confirm = async (question: string): Promise<boolean> => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    terminal.once("SIGINT", () => stop("SIGINT"));
    try {
      return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: controller.signal })).trim());
    } finally {
      terminal.close();
    }
  };
  return {
    out: out.write,
    err: err.write,
    pipes: {
      input: process.stdin.isTTY ? undefined : () => addAbortSignal(controller.signal, process.stdin),
      output: process.stdout.isTTY ? undefined : (bytes) => out.whole(bytes, "The standard output"),
    },
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
    env: process.env,
    signal: controller.signal,
    confirm: process.stdin.isTTY && process.stderr.isTTY ? confirm : undefined,
    exitCode(code) {
      const failed = out.failure();
      if (failed === undefined || NOBODY_READS.has(failed.code)) return code;
      err.write(`foley: The standard output cannot be written: ${reasonOf(failed)}.\n`);
      return code === EXIT.ok ? EXIT.failure : code;
    },
  };
}

/**
 * Ends this process by the signal itself, which a shell reports as 130 for Ctrl-C. `process.exit` would run the ends of native libraries
 * while their threads still compute, and a crash there leaves a core dump.
 */
function leave(signal: NodeJS.Signals): void {
  if (process.platform === "win32") process.exit(EXIT.interrupted);
  for (const one of SIGNALS) process.removeAllListeners(one);
  process.kill(process.pid, signal);
}

/** Writes to a stream until it fails; what comes after that goes nowhere. */
function writerTo(stream: NodeJS.WriteStream) {
  let failure: NodeJS.ErrnoException | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    failure ??= error;
  });
  return {
    write(text: string): void {
      if (!failure) stream.write(text);
    },
    /** @throws FoleyError `not-writable` also when nobody reads */
    whole: (bytes: Uint8Array, what: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const refuse = (cause: unknown): void => reject(notWritable(what, cause, "Give the name of a file."));
        if (failure) refuse(failure);
        else stream.write(bytes, (error) => (error ? refuse(error) : resolve()));
      }),
    failure: () => failure,
  };
}
