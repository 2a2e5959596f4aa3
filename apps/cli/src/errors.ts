/** Errors as a person reads them: one sentence, what to do, and a stack only when asked for. */
import { FoleyError } from "@foley-control/core";
import { EXIT, type Io, UsageError } from "./io.js";

/** Option of the library → flag of the command line. */
const flags: Readonly<Record<string, string>> = {
  prompt: "--prompt",
  negativePrompt: "--negative-prompt",
  seed: "--seed",
  steps: "--steps",
  guidanceScale: "--guidance",
  videoGuidanceScale: "--video-guidance",
  videoStrength: "--video-strength",
  solver: "--sampler",
  start: "--start",
  duration: "--duration",
  backbone: "--backbone",
  textEncoder: "--text-encoder",
  sites: "--sites",
  encoder: "--encoder",
  pooling: "--pooling",
  bridge: "--bridge",
  tokenisers: "--tokeniser",
};

/** Writes what went wrong to `io.err` and gives the exit code. */
export function report(error: unknown, io: Io, verbose: boolean): number {
  if (io.signal.aborted && (error === io.signal.reason || (error as Error | undefined)?.name === "AbortError")) {
    io.err("Interrupted. Nothing half-written was left behind.\n");
    return EXIT.interrupted;
  }
  const stack = verbose && error instanceof Error && error.stack !== undefined ? `${error.stack}\n` : "";
  if (error instanceof UsageError) {
    io.err(`foley: ${error.message}\n${stack}`);
    return EXIT.usage;
  }
  if (FoleyError.isInstance(error)) {
    io.err(`foley: ${error.message.replace(/\boptions\.(\w+)/g, (whole, name: string) => flags[name] ?? whole)}\n${stack}`);
    return error.code === "invalid-argument" ? EXIT.usage : EXIT.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.err(
    `foley: something unforeseen happened: ${message.split("\n")[0]}\n${stack || "Run it again with --verbose to see where, and please report it.\n"}`,
  );
  return EXIT.failure;
}
