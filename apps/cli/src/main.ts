#!/usr/bin/env node
/** The program `foley`: joins the commands to this process. */
import { createInterface } from "node:readline/promises";
import type { Io } from "./io.js";
import { run } from "./run.js";

const controller = new AbortController();
const stop = (): void => {
  // The second time there is no waiting for anything.
  if (controller.signal.aborted) process.exit(130);
  controller.abort(new Error("interrupted"));
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
// A reader that closes the pipe early (`foley … | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const confirm = async (question: string): Promise<boolean> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.once("SIGINT", stop);
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: controller.signal })).trim());
  } finally {
    terminal.close();
  }
};

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 80,
  env: process.env,
  signal: controller.signal,
  confirm: process.stdin.isTTY && process.stderr.isTTY ? confirm : undefined,
};

process.exitCode = await run(process.argv.slice(2), io);
