/** How every command begins: its name, what it does, and the options that all have. */
import { type Command, Help, Option } from "commander";

/** Group of the options that all commands have; the help has it last. */
const SAID = "What is said:";

/** Adds a command, or a subcommand, to a program. */
export const addCommand = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .addOption(new Option("--json", "print the result as one JSON object").helpGroup(SAID))
    .addOption(new Option("--verbose", "print more: stack traces, and times where they are measured").helpGroup(SAID))
    .addOption(new Option("--quiet", "print no progress").helpGroup(SAID))
    .addHelpOption(new Option("-h, --help", "print this").helpGroup(SAID));

/** Groups as they come, but for the one that every command has. */
export function lastGroup<T>(all: T[], visible: T[], groupOf: (item: T) => string): Map<string, T[]> {
  const groups = Help.prototype.groupItems(all as never, visible as never, groupOf as never) as Map<string, T[]>;
  const said = groups.get(SAID);
  if (said && groups.delete(SAID)) groups.set(SAID, said);
  return groups;
}
