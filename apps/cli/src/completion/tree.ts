/** What can be typed, read from the program itself, so that completion never knows other words than the help. */
import type { Command, Option } from "commander";

/** A flag. */
export interface Flag {
  /** As it is typed: `--seed`, and `-o` where there is a short form. */
  readonly names: readonly string[];
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** Values that it takes; empty where any will do. */
  readonly choices: readonly string[];
}

/** A command: words that lead to it, what may follow. */
export interface Place {
  /** `["train", "bridge"]`; empty for the program. */
  readonly path: readonly string[];
  readonly description: string;
  /** Names of its subcommands. */
  readonly commands: readonly string[];
  readonly flags: readonly Flag[];
}

/** Every place of a program, the program first. */
export function placesOf(command: Command, path: readonly string[] = []): readonly Place[] {
  const helper = command.createHelp();
  const subcommands = helper.visibleCommands(command).filter((one) => one.name() !== "help");
  return [
    {
      path,
      description: command.description(),
      commands: subcommands.map((one) => one.name()),
      flags: helper.visibleOptions(command).map(flagOf),
    },
    ...subcommands.flatMap((one) => placesOf(one, [...path, one.name()])),
  ];
}

const flagOf = (option: Option): Flag => ({
  names: [option.long, option.short].filter((name) => name !== undefined && name !== null) as string[],
  description: option.description,
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
});
