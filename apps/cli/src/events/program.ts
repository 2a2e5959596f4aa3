/** `foley events` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { partsOptions } from "../parts/options.js";
import { number, time } from "../values.js";

/** Adds the command. */
export function addEvents(program: Command, io: Io): void {
  const command = addCommand(program, "events", "say when, where and how hard things touch in a video")
    .argument("<video>", "the clip, of any length")
    .option(
      "-o, --output <file>",
      "what to write, once or more: .json or .csv (events), .svg or .html (a plot), .mp4, .mov, .webm or .mkv (the clip with rings)",
      (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
    )
    .option(
      "--threshold <logit>",
      "how sure to be: 0 is as likely as not, more finds less (default: the model's)",
      number(-100, 100),
    )
    .option("--start <time>", "where in the clip to begin", time())
    .option("--duration <time>", "how much of the clip to look at", time())
    .option("--tolerant", "use what is there of a clip that is cut off");
  partsOptions(command, "model", "device").addHelpText(
    "after",
    `
Files are overwritten. What is found can be moved, taken out and added to, with any editor, and given to \`foley generate --events\`.
Times are seconds from the start of the clip or h:mm:ss, strengths are above 0 and at most 1, places from 0 (left, top) to 1 (right, bottom).

Examples:
  foley events clip.mp4
  foley events clip.mp4 -o events.csv -o overlay.mp4
  foley generate clip.mp4 "a hammer hits metal" --events events.csv -o clip.foley.mp4`,
  );
  command.action(async (video: string, options) => (await import("./events.js")).events(video, options, io));
}
