/** `foley generate` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { partsOptions, SOUND_FLAGS } from "../parts/options.js";
import { readAhead } from "../parts/read-ahead.js";
import { settingsOptions } from "./settings.js";

/** Adds the command. */
export function addGenerate(program: Command, io: Io): void {
  const command = addCommand(program, "generate", "make sound for a video, or for several")
    .usage("[options] <clip...> [prompt]")
    .argument(
      "<clip...>",
      "clips: mp4, mov, webm, mkv, ts, of any length. Behind them what they should sound like, unless --prompt says it",
    );
  settingsOptions(command)
    .optionsGroup("What is written:")
    .option("-o, --output <file>", "video to write: .mp4, .mov, .webm or .mkv (default: beside the clip, NAME.foley.EXT)")
    .option("--output-dir <folder>", "where NAME.foley.EXT of every clip goes")
    .option("--audio <file>", "sound to write: .wav (48 kHz, 24 bits) or .flac")
    .option("--audio-dir <folder>", "where NAME.foley.wav of every clip goes")
    .option("--no-keep", "keep no finished parts of a long sound, and use none that were kept")
    .option("--force", "overwrite files whose names are made from the clip's");
  partsOptions(command, ...SOUND_FLAGS)
    .addHelpText(
      "after",
      `
A file named with -o or --audio is overwritten; one named after its clip only with --force. Several takes are numbered: NAME.foley-2.EXT.
A clip - is read from the standard input; -o - or --audio - writes the sound to the standard output, as WAV, and nothing else.
What lasts longer than the model makes at once is made in parts, and finished parts are kept in FOLEY_CACHE_DIR (default: the cache folder of the
system, at most 2 GiB, oldest first): a command that was stopped goes on where it was, with the same bytes.
Of several clips each is checked before the model is loaded, and gets a line when it is done; what is wrong with one is said and the others go on:
exit code 1 at the end. With --json several results are one object a line.
A <model> is a path, a name on the list of \`foley models add\`, or org/name or org/name@revision of the Hugging Face hub: taken from the
cache when it is there, else downloaded into it; or one of the words that \`foley models list\` shows. HF_HUB_OFFLINE=1 forbids that, HF_TOKEN opens models with conditions to accept.

Examples:
  foley generate clip.mp4 "footsteps on gravel" --seed 7 -o clip.foley.mp4
  foley generate clip.mp4 --prompt "rain on a window" --original mix --audio rain.wav
  foley generate clips/*.mp4 --prompt "footsteps on gravel" --output-dir made
  foley generate clip.mp4 "a hammer hits metal" --takes 4
  foley generate clip.mp4 "a hammer hits metal" --events edited.csv
  foley generate clip.mp4 "glass breaking" --sound mine.wav --range 2-4       (all but two seconds stay as they are)
  ssh camera cat clip.mp4 | foley generate - "rain on a window" -o - | aplay
  foley generate long.mov --start 1:03 --duration 8 -o part.mov
  foley generate clip.mp4 "glass breaking" --model mmaudio-small-16k
  foley generate clip.mp4 "glass breaking" --backbone ./stable-audio-open-1.0 --text-encoder ./t5-base --audio out.wav
  foley generate clip.mp4 "glass breaking" --backbone stabilityai/stable-audio-open-small --audio out.wav`,
    )
    .action(async (words: string[], options) => {
      readAhead();
      return (await import("./generate.js")).generate(words, options, io);
    });
}
