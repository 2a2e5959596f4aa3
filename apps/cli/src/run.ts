/**
 * From arguments to an exit code. The commands are imported only when they are called, so that help and mistakes in the call
 * are answered at once.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { addDatasetCommands } from "./dataset/program.js";
import { report } from "./errors.js";
import { addEvaluate } from "./evaluate/program.js";
import { EXIT, type Io } from "./io.js";
import { addModelCommands } from "./models/program.js";
import { integer, names, number, seconds, seed } from "./options.js";
import { addTrainCommands } from "./train/program.js";

/** Version of the command line. */
export function version(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
}

/**
 * Runs one command line.
 *
 * @param argv - arguments without program and script.
 * @returns 0 done, 1 failed, 2 called wrongly, 130 interrupted.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const program = buildProgram(io);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(error, io, argv.includes("--verbose"));
  }
}

function buildProgram(io: Io): Command {
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
  // Options that every command has.
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option("--json", "print the result as one JSON object")
      .option("--verbose", "print stack traces and the time of each part")
      .option("--quiet", "print no progress");
  const device = () =>
    new Option("--device <name>", "where to compute").choices(["auto", "cpu", "webgpu", "cuda"]).default("auto");

  command("generate", "make sound for a video")
    .argument("<video>", "the clip: mp4, mov, webm, mkv, ts; up to 12 s at once")
    .argument("[prompt]", "what it should sound like")
    .option("--prompt <text>", "the same as the argument")
    .option("--negative-prompt <text>", "what it should not sound like")
    .option("--seed <integer>", "same seed, same sound (default: 0)", seed)
    .option("--steps <n>", "sampler steps, 1 to 1000 (default: 24, or what the backbone's authors use)", integer(1, 1000))
    .option("--guidance <scale>", "how strongly the prompt is followed; 1 is as trained", number(-100, 100))
    .option("--video-guidance <scale>", "how strongly the video is followed; 1 is as trained", number(-100, 100))
    .option("--video-strength <factor>", "factor on the video's influence, 0 to 2 (default: 1)", number(0, 2))
    .option("--sampler <name>", "solver, e.g. dpmpp-2m, dpmpp-3m-sde, v-ddim")
    .option("--start <seconds>", "where in the clip to begin", seconds)
    .option("--duration <seconds>", "how much of the clip gets sound", seconds)
    .option("-o, --output <file>", "video to write: .mp4, .mov, .webm or .mkv (default: beside the clip, NAME.foley.EXT)")
    .option("--audio <file>", "sound to write: .wav (48 kHz, 24 bits) or .flac")
    .addOption(
      new Option("--original <what>", "what becomes of the clip's own sound")
        .choices(["replace", "mix", "keep"])
        .default("replace"),
    )
    .option("--tolerant", "use what is there of a clip that is cut off")
    .option("--model <folder>", "a small model of your own, as `foley train all` writes it")
    .option(
      "--backbone <model>",
      "Stable Audio Open 1.0 or Small, as released; or your denoiser.onnx, with denoiser.json beside it",
    )
    .option(
      "--t5 <model>",
      "the T5 of the backbone (default: looked for in and beside its folder; of the hub: google-t5/t5-base)",
    )
    .option("--sites <names>", "values of the .onnx at which the bridge goes in, in place of those of its .json", names)
    .option("--encoder <model>", "V-JEPA 2 or 2.1, as released: a folder, or Meta's .pt")
    .option("--bridge <model>", "the bridge between backbone and encoder: a file; what is not named is that of the small model")
    .addOption(device())
    .addOption(
      new Option("--precision <name>", "what networks are computed in: int8 is smaller, float16 is for GPUs")
        .choices(["float32", "float16", "int8"])
        .default("float32"),
    )
    .option("--force", "overwrite a file with the default name")
    .addHelpText(
      "after",
      `
A file named with -o or --audio is overwritten; one with the default name only with --force.
A <model> is a path, a name on the list of \`foley models add\`, or org/name or org/name@revision of the Hugging Face hub: taken from the
cache when it is there, else downloaded into it. HF_HUB_OFFLINE=1 forbids that, HF_TOKEN opens models with conditions to accept.

Examples:
  foley generate clip.mp4 "footsteps on gravel" --seed 7 -o clip.foley.mp4
  foley generate clip.mp4 --prompt "rain on a window" --original mix --audio rain.wav
  foley generate long.mov --start 1:03 --duration 8 -o part.mov
  foley generate clip.mp4 "glass breaking" --backbone ./stable-audio-open-1.0 --t5 ./t5-base --audio out.wav
  foley generate clip.mp4 "glass breaking" --backbone stabilityai/stable-audio-open-small --audio out.wav`,
    )
    .action(async (video: string, prompt: string | undefined, options) =>
      (await import("./commands/generate.js")).generate(video, prompt, options, io),
    );

  command("demo", "render a clip that the model has never seen, give it sound, and show when things happen and when they sound")
    .option("-o, --output <folder>", "where the files go", "out")
    .option("--scene <seed>", "which scene; its caption is the prompt", integer(0, Number.MAX_SAFE_INTEGER))
    .option("--prompt <text>", "another prompt than the scene's caption")
    .option("--seed <integer>", "seed of the sound (default: 0)", seed)
    .option("--model <folder>", "a small model of your own, as `foley train all` writes it")
    .addOption(device())
    .addHelpText("after", '\nExamples:\n  foley demo\n  foley demo --prompt "a rubber ball on stone" --seed 3 -o other')
    .action(async (options) => (await import("./commands/demo.js")).demo(options, io));

  command("scenes", "write procedural clips with exact event times: mp4, wav and json")
    .option("-o, --output <folder>", "where the files go", "scenes")
    .option("--count <n>", "how many", integer(1, 10_000), 4)
    .option("--seed <integer>", "seed of the first; the next ones follow", integer(0, Number.MAX_SAFE_INTEGER), 0)
    .option(
      "--class <name...>",
      "only these: bounce, strike, collide, footsteps, drip, scatter, tick, scrape, roll, rain, engine, silent-motion",
    )
    .option("--seconds <s>", "length of each", number(0.25, 60), 4)
    .option("--size <pixels>", "width and height, even", integer(16, 1024), 256)
    .option("--mute", "leave the sound out of the videos")
    .addHelpText(
      "after",
      "\nExamples:\n  foley scenes --count 3 --class bounce strike\n  foley scenes --seed 100 --size 512 -o corpus --mute",
    )
    .action(async (options) => (await import("./commands/scenes.js")).scenes(options, io));

  command("sync", "measure how far a file's sound is from what happens in its picture, in ms")
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
    .action(async (file: string, options) => (await import("./commands/sync.js")).sync(file, options, io));

  addEvaluate(command("evaluate", "score generated sounds against true ones: the field's metrics, one table, one report"), io);

  addTrainCommands(
    command("train", "train a bridge, or the small model from nothing, stage by stage; Ctrl-C saves, the same command continues"),
    io,
  );

  addDatasetCommands(program.command("dataset").description("videos to train on: prepare, report, export"), io);

  addModelCommands(program.command("models").description("weights of other models: list, add, info, verify, remove"), io);

  command("doctor", "check this machine: Node, runtime and its self-test, video codecs, weights")
    .option("--model <folder>", "a small model of your own")
    .addOption(device())
    .addHelpText("after", "\nExample:\n  foley doctor --json")
    .action(async (options) => (await import("./commands/doctor.js")).doctor(options, io));

  for (const each of program.commands) each.exitOverride();
  return program;
}
