/** How every command begins: its name, what it does, and the options that all have. */
import type { Command } from "commander";

/** Adds a command, or a subcommand, to a program. */
export const addCommand = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option("--json", "print the result as one JSON object")
    .option("--verbose", "print more: stack traces, and times where they are measured")
    .option("--quiet", "print no progress");
