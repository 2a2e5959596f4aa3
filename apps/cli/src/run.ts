/**
 * From arguments to an exit code. What commands do is imported only when they are called, so that help and mistakes in the call are
 * answered at once.
 */
import { Command, CommanderError } from "commander";
import { addBatch } from "./batch/program.js";
import { lastGroup } from "./command.js";
import { addCompletion } from "./completion/program.js";
import { addDataset } from "./dataset/program.js";
import { addDemo } from "./demo/program.js";
import { addDoctor } from "./doctor/program.js";
import { report } from "./errors.js";
import { addEvaluate } from "./evaluate/program.js";
import { addEvents } from "./events/program.js";
import { addGenerate } from "./generate/program.js";
import { EXIT, type Io } from "./io.js";
import { addModels } from "./models/program.js";
import { addScenes } from "./scenes/program.js";
import { addStudio } from "./studio/program.js";
import { addSync } from "./sync/program.js";
import { addTrain } from "./train/program.js";
import { version } from "./version.js";

/** Every command, in the order of the help, under what it is for. */
const COMMANDS: Readonly<Record<string, readonly ((program: Command, io: Io) => void)[]>> = {
  "Make sound:": [addGenerate, addBatch, addEvents, addStudio, addDemo],
  "Measure:": [addSync, addEvaluate],
  "Train:": [addScenes, addDataset, addTrain],
  "This machine:": [addModels, addDoctor, addCompletion],
};

/**
 * Runs one command line.
 *
 * @param argv - arguments without program and script.
 * @returns 0 done, 1 failed, 2 called wrongly, 130 interrupted.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    await buildProgram(io).parseAsync([...argv], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(error, io, argv.includes("--verbose"));
  }
}

/** The program with all its commands. */
export function buildProgram(io: Io): Command {
  const program = new Command("foley")
    .description("Puts synchronised sound on a video. The picture stays untouched, nothing leaves this machine.")
    .version(version(), "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(`foley: ${text.replace(/^error: /, "")}`),
    })
    .showHelpAfterError("Try `foley --help`, or `foley <command> --help`.")
    .configureHelp({ groupItems: lastGroup })
    .enablePositionalOptions()
    .addHelpText(
      "after",
      `
Examples:
  foley demo
  foley generate clip.mp4 "a steel ball bouncing on wood" --seed 7 -o clip.foley.mp4
  foley sync clip.foley.mp4

Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted.`,
    );
  for (const [group, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(group);
    for (const add of commands) add(program, io);
  }
  return program;
}
