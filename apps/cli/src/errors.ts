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
  events: "--events",
  "known.sound": "--sound",
  "known.anew": "--range",
  threshold: "--threshold",
  backbone: "--backbone",
  textEncoder: "--text-encoder",
  sites: "--sites",
  encoder: "--encoder",
  pooling: "--pooling",
  bridge: "--bridge",
  tokenisers: "--tokeniser",
  acceptLicence: "--non-commercial",
};

/** Function of the library → the command that calls it. */
const commands: Readonly<Record<string, string>> = {
  addLocal: "models add",
  addOfHub: "models add",
  addNamed: "models add",
  writeAdditions: "models remove",
  prepareDataset: "dataset prepare",
  reportDataset: "dataset report",
  saveBridge: "train bridge",
  packMini: "train all",
  runStage: "train",
};

/** A message of the library, which names its options and functions, with the flags and commands in their place. */
export function inFlags(message: string): string {
  return message
    .replace(/\b(?:read|open) it with onError "hold"/g, "give --tolerant to generate, batch or events")
    .replace(/\boptions\.(known\.\w+|\w+)/g, (whole, name: string) =>
      Object.hasOwn(flags, name) ? (flags[name] as string) : whole,
    )
    .replace(/\b(\w+)\((?:"([^"]*)")?\)/g, (whole, name: string, argument?: string) => {
      const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
      return command === undefined ? whole : `\`foley ${command}${argument === undefined ? "" : ` ${argument}`}\``;
    });
}

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
    io.err(`foley: ${inFlags(error.message)}\n${stack}`);
    return error.code === "invalid-argument" ? EXIT.usage : EXIT.failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  io.err(
    `foley: something unforeseen happened: ${message.split("\n")[0]}\n${stack || "Run it again with --verbose to see where, and please report it.\n"}`,
  );
  return EXIT.failure;
}
