/** `foley demo` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { partsOptions } from "../parts/options.js";
import { integer, seed } from "../values.js";

/** Adds the command. */
export function addDemo(program: Command, io: Io): void {
  const command = addCommand(
    program,
    "demo",
    "render a clip that the model has never seen, give it sound, and show when things happen and when they sound",
  )
    .option("-o, --output <folder>", "where the files go", "out")
    .option("--scene <seed>", "which scene; its caption is the prompt", integer(0, Number.MAX_SAFE_INTEGER))
    .option("--prompt <text>", "another prompt than the scene's caption")
    .option("--seed <integer>", "seed of the sound (default: 0)", seed);
  partsOptions(command, "model", "device")
    .addHelpText("after", '\nExamples:\n  foley demo\n  foley demo --prompt "a rubber ball on stone" --seed 3 -o other')
    .action(async (options) => (await import("./demo.js")).demo(options, io));
}
