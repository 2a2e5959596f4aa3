/** `foley scenes` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { integer, time } from "../values.js";

/** Adds the command. */
export function addScenes(program: Command, io: Io): void {
  addCommand(program, "scenes", "write procedural clips with exact event times: mp4, wav and json")
    .option("-o, --output <folder>", "where the files go", "scenes")
    .option("--count <n>", "how many", integer(1, 10_000), 4)
    .option("--seed <integer>", "seed of the first; the next ones follow", integer(0, Number.MAX_SAFE_INTEGER), 0)
    .option(
      "--class <name...>",
      "only these: bounce, strike, collide, footsteps, drip, scatter, tick, scrape, roll, rain, engine, silent-motion; of the filmed looks also poke, drum, chop, place, walk, rally, drop, idle, and held out knock, juggle, hop, fidget",
    )
    .option("--look <look>", "drawn, film, or film-held-out: as if filmed with what film never uses", "drawn")
    .option("--seconds <time>", "length of each", time(0.25, 60), 4)
    .option("--size <pixels>", "width and height, even", integer(16, 1024), 256)
    .option("--mute", "leave the sound out of the videos")
    .addHelpText(
      "after",
      "\nExamples:\n  foley scenes --count 3 --class bounce strike\n  foley scenes --count 3 --look film\n  foley scenes --seed 100 --size 512 -o corpus --mute",
    )
    .action(async (options) => (await import("./scenes.js")).scenes(options, io));
}
