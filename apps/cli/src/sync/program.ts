/** `foley sync` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { number } from "../values.js";

/** Adds the command. */
export function addSync(program: Command, io: Io): void {
  addCommand(program, "sync", "measure how far a file's sound is from what happens in its picture, in ms")
    .argument("<file>", "a video with sound, or a sound file together with --events")
    .option(
      "--events <json>",
      "true times: a list of seconds, a list of { time }, or { events: [{ time }] } as `foley scenes` writes it",
    )
    .option("--tolerance <ms>", "how far apart an event and its sound may be", number(1, 2000), 100)
    .addHelpText(
      "after",
      `
Without --events the events are sudden changes of motion in the picture: good for impacts, rough for everything else.
Colours: green within one film frame (42 ms), yellow where ITU-R BT.1359 calls it detectable at most (45 ms early, 125 ms late), red beyond.

Examples:
  foley sync clip.foley.mp4
  foley sync out/demo.mp4 --events out/demo.json --tolerance 50`,
    )
    .action(async (file: string, options) => (await import("./sync.js")).sync(file, options, io));
}
