/** `foley studio` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { integer } from "../values.js";

/** Adds the command. */
export function addStudio(program: Command, io: Io): void {
  addCommand(program, "studio", "open the studio in the browser: see the video, hear its sound, move what is off")
    .argument("[video]", "a video to open in it")
    // Browsers keep projects with the address: another port is another, empty place.
    .option("--port <number>", "where it is served; projects stay with the address", integer(0, 65_535), 5417)
    .option("--host <address>", "whom it is served to; the default is this machine alone", "127.0.0.1")
    .option("--no-open", "print the address and open nothing")
    .addHelpText("after", "\nExamples:\n  foley studio\n  foley studio clip.mp4 --no-open")
    .action(async (video, options) => (await import("./studio.js")).studio(video, options, io));
}
