/** `foley sync` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { partsOptions } from "../parts/options.js";
import { number } from "../values.js";

/** Adds the command. */
export function addSync(program: Command, io: Io): void {
  const command = addCommand(program, "sync", "measure how far a file's sound is from what happens in its picture, in ms")
    .argument("<file>", "a video with sound, or a sound file together with --events")
    .option("--events <file>", "true times: a file of `foley events` or `foley scenes`, or a list of seconds, as JSON or CSV")
    .option("--tolerance <ms>", "how far apart an event and its sound may be", number(1, 2000), 100);
  partsOptions(command, "model", "device")
    .addHelpText(
      "after",
      `
Without --events the events are those that the model's encoder finds in the picture, as \`foley events\` shows them.
Colours: green within one film frame (42 ms), yellow where ITU-R BT.1359 calls it detectable at most (45 ms early, 125 ms late), red beyond.

Examples:
  foley sync clip.foley.mp4
  foley sync out/demo.mp4 --events out/demo.json --tolerance 50`,
    )
    .action(async (file: string, options) => (await import("./sync.js")).sync(file, options, io));
}
