#!/usr/bin/env node
/** The program `foley`: joins the commands to this process. */
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

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 80,
  env: process.env,
  signal: controller.signal,
};

process.exitCode = await run(process.argv.slice(2), io);
