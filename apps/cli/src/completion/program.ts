/** `foley completion`: prints what a shell reads to complete commands, flags and their values. */
import { Argument, type Command } from "commander";
import type { Io } from "../io.js";
import { completionScript, SHELLS, type Shell } from "./scripts.js";
import { placesOf } from "./tree.js";

/** Adds the command. */
export function addCompletion(program: Command, io: Io): void {
  program
    .command("completion")
    .description("print what a shell needs to complete commands and flags: bash, zsh or fish")
    .addArgument(new Argument("<shell>", "for which").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  echo 'eval "$(foley completion bash)"' >> ~/.bashrc
  echo 'eval "$(foley completion zsh)"' >> ~/.zshrc                      (behind compinit)
  foley completion fish > ~/.config/fish/completions/foley.fish`,
    )
    .action((shell: Shell) => io.out(completionScript(shell, placesOf(program))));
}
