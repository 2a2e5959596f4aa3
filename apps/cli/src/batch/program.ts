/** `foley batch` as a command line; what it does is loaded when it is called. */
import { type Command, Option } from "commander";
import { addCommand } from "../command.js";
import { settingsOptions } from "../generate/settings.js";
import type { Io } from "../io.js";
import { partsOptions, SOUND_FLAGS } from "../parts/options.js";
import { integer } from "../values.js";

/** Adds the command. */
export function addBatch(program: Command, io: Io): void {
  const command = addCommand(program, "batch", "make sound for every row of a list, or for every video of a folder")
    .argument(
      "<source...>",
      "lists (.csv, .jsonl) whose columns are called clip, and as the flags below; folders of videos; patterns in quotes; clips",
    )
    .requiredOption("--output-dir <folder>", "where NAME.foley.EXT of every clip goes, a journal and the report");
  settingsOptions(command, { without: ["events", "sound", "range"] })
    .addOption(
      new Option("--write <what>", "what is written of every take; sound is .wav (48 kHz, 24 bits)")
        .choices(["video", "sound", "both"])
        .default("video")
        .helpGroup("What is written:"),
    )
    .option("--no-keep", "keep no finished parts of a long sound, and use none that were kept")
    .optionsGroup("How it works:")
    .option("--jobs <n>", "takes that are made at once; the bytes do not depend on it (default: 1)", integer(1, 64));
  partsOptions(command, ...SOUND_FLAGS)
    .addHelpText(
      "after",
      `
Flags hold for rows that do not say otherwise. A list has more columns, events: a file of events; sound and range: what is there already, and what of it is made anew. Paths in a list are taken from its folder.
A clip of a folder or a pattern has the prompt of the text beside it (NAME.txt), where there is one. Clips of one name give NAME.foley.EXT, NAME-2.foley.EXT …
in the order of the rows; files that are there and are not of this batch are never overwritten.
The same command goes on where it was stopped, and makes only what is not there or has changed: the clip, the row, the weights, or the file that was made.
What is wrong with a row is a line of the report (report.csv, report.json, report.html), and the exit code 1 at the end. For every take the report
has the command that makes the same bytes alone. With --json what happens is one object a line.

Examples:
  foley batch shots.csv --output-dir made
  foley batch shots --prompt "footsteps on gravel" --output-dir made --takes 3
  foley batch "shots/**/*.mp4" --prompt "rain on a window" --output-dir made --jobs 2 --write both`,
    )
    .action(async (sources: string[], options) => (await import("./batch.js")).batch(sources, options, io));
}
