/** `foley evaluate` as a command line; what it does is loaded when it is called. */
import { type Command, Option } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { partsOptions } from "../parts/options.js";
import { integer, number, seed, time } from "../values.js";

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Adds the command. */
export function addEvaluate(program: Command, io: Io): void {
  const command = addCommand(
    program,
    "evaluate",
    "score generated sounds against true ones: the field's metrics, one table, one report",
  )
    .argument(
      "[generated]",
      "folder of generated sounds, or of videos with them: wav, flac, mp3, m4a, ogg, opus, mp4, mov, webm, mkv, ts",
    )
    .optionsGroup("What is compared:")
    .option("--reference <folder>", "the true sounds, or videos with their sound")
    .option("--videos <folder>", "the videos, where they lie apart from the true sounds, or there are no true sounds")
    .option(
      "--benchmark <layout=folder>",
      "in their place: moviegen, vggsound, kinetics-700, audiocaps or greatest-hits as published",
    )
    .option("--list <file>", "the list of the benchmark (default: the one of a usual name in its folder)")
    .option("--system <name=folder>", "a further system, as a row of the same table; repeat for more", several)
    .option("--truth", "the true sounds themselves as a row: no system can be expected to do better")
    .optionsGroup("What is measured:")
    .addOption(
      new Option("--preset <name>", "what is measured")
        .choices(["vggsound", "moviegen", "audiocaps", "av-benchmark", "strict", "scenes"])
        .default("scenes"),
    )
    .option("--seconds <time>", "first seconds of every clip that count (default: the preset's)", time(0.1, 3600))
    .option("--captions <list>", "captions by clip: a list with the columns name,caption or video,text, jsonl, or MovieGen's")
    .option("--weights <path>", "folder of the networks' published files, or NETWORK=FILE; repeat for more", several)
    .option(
      "--tokeniser <json>",
      "tokenizer.json of roberta-base for LAION-CLAP, or of gpt2 for MS-CLAP; repeat for both (default: in the folder of --weights, or in folders roberta-base and gpt2 there)",
      several,
    )
    .option(
      "--non-commercial",
      "your use is not commercial: ImageBind measures too, and a --model such as MMAudio is fetched without asking",
    )
    .option("--cache <folder>", "where features are kept, so that the same command goes on where it was", "foley-features")
    .option("--no-cache", "keep no features")
    .option("--jobs <n>", "clips that are worked on at once (default: 2)", integer(1, 256))
    .optionsGroup("How it is told:")
    .option("--html <file>", "write a report: table, distributions, worst and best clips with players, onsets")
    .option("--by <metric>", "what makes a clip of the report one of the worst or best, e.g. desync")
    .option("--csv", "print comma-separated values: every number of every clip")
    .option("--markdown", "print a Markdown table")
    .option("--latex", "print rows of a LaTeX table")
    .optionsGroup("Sounds that are made:")
    .option("--scenes <n>", "how many held-out scenes are rendered when no --reference is given (default: 8)", integer(1, 10_000))
    .option("-o, --output <folder>", "where those scenes and their sounds go", "foley-evaluation")
    .option(
      "--generate",
      "first make the sounds of [generated], by --model or --backbone (default: the embedded model), for the videos and captions",
    )
    .option("--seed <integer>", "of the sounds that are made; every clip has its own seed, drawn from this (default: 0)", seed)
    .option("--steps <n>", "sampler steps of the sounds that are made", integer(1, 1000))
    .option("--guidance <scale>", "how strongly their captions are followed", number(-100, 100))
    .option("--video-guidance <scale>", "how strongly their videos are followed", number(-100, 100));
  partsOptions(command, "model", "backbone", "textEncoder", "clip", "sites", "encoder", "bridge", "device", "threads")
    .addHelpText(
      "after",
      `
Files are paired by name without ending; what does not pair, cannot be read or is too short is named. NAME.txt beside a true clip, or NAME.json
as \`foley scenes\` writes it, gives its caption, and the json its events. Without --weights only the preset scenes has numbers; networks are:
vggish, panns, passt, imagebind, synchformer, laion-clap, ms-clap, audiobox. Ctrl-C keeps what is done, the same command continues.

Examples:
  foley evaluate
  foley evaluate made --reference true --html report.html
  foley evaluate --reference true --system ours=made --system theirs=other --preset vggsound --weights weights --markdown
  foley evaluate made --generate --reference videos --captions captions.csv --backbone stabilityai/stable-audio-open-1.0
  foley evaluate made/mmaudio --generate --model mmaudio-large-44k-v2 --benchmark vggsound=VGGSound --preset vggsound --weights networks`,
    )
    .action(async (generated: string | undefined, options) => (await import("./evaluate.js")).evaluate(generated, options, io));
}
