/** `foley train` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import { type Io, UsageError } from "../io.js";
import { partsOptions } from "../parts/options.js";
import { integer, number } from "../values.js";
import type { TrainBridgeFlags } from "./bridge.js";

/** Adds the command, and `train bridge` and `train report`. */
export function addTrain(program: Command, io: Io): void {
  const train = addCommand(
    program,
    "train",
    "train a bridge, or the small model from nothing, stage by stage; Ctrl-C saves, the same command continues",
  )
    .argument("<stage>", "a stage, `pack`, or `all`: components, denoiser, codec, video-encoder, features, bridge, pack")
    .option("-d, --directory <folder>", "where checkpoints, logs and weights go", "foley-training")
    .option("--plan <json>", "file with sizes that differ from the default plan")
    .option("--recordings <folder>", "sounds with an index.json, which codec and denoiser hear beside the scenes")
    .option("--start <folder>", "small model whose text encoder and denoiser a new denoiser begins with");
  partsOptions(train, "threads", "device")
    .addHelpText(
      "after",
      `
Stages make a small model from nothing, on rendered scenes. A bridge alone, on videos of your own and for any backbone: foley train bridge --help
${LOGS}

Examples:
  foley train all
  foley train denoiser -d my-training --threads 2
  foley train bridge --data features
  foley generate clip.mp4 --model foley-training/model`,
    )
    .action(async (stage: string, options) => (await import("./train.js")).train(stage, options, io));

  const bridge = addCommand(
    train,
    "bridge",
    "train a bridge on prepared videos, for any backbone; Ctrl-C saves, the same command goes on",
  )
    .optionsGroup("Data and where it goes:")
    .option("--data <folder...>", "what `foley dataset prepare` wrote, with the same backbone; several are joined")
    .option("--keep <rule...>", "only clips of the data that fulfil these, e.g. loudness>=p25")
    .option("-o, --out <folder>", "where checkpoints, logs and bridge.safetensors go (default: foley-bridge)")
    .option("--resume", "refuse to begin anew: there must be a checkpoint in the folder")
    .option("--start <bridge>", "begin with this bridge, trained for the same parts, in place of a fresh one")
    .optionsGroup("How it is trained:")
    .option("--steps <n>", "steps of the optimiser (default: 3000; for large backbones 20000)", integer(1, 1e9))
    .option("--batch <n>", "clips per step (default: 32)", integer(1, 1e6))
    .option(
      "--micro-batch <n>",
      "clips computed at once: as much as memory allows, same result (default: the batch)",
      integer(1, 1e6),
    )
    .option("--processes <n>", "share every batch: with CUDA one process per GPU (default: 1)", integer(1, 64))
    .option("--learning-rate <number>", "its highest value (default: 1.5e-3; for large backbones 1e-4)", number(1e-12, 10))
    .option("--seed <integer>", "of everything that is drawn (default: 1)", integer(0, Number.MAX_SAFE_INTEGER))
    .option("--plan <json>", "file with more: learningRate, average, optimiser, times, drop, adapter, adapterHidden, positions")
    .optionsGroup("How it is judged:")
    .option(
      "--held-out <n>",
      "clips to judge by instead of train on, or the part of a list that they are (default: held-out where there is such a part, else one in twenty, at most 64)",
      (value) => (/^\d+$/.test(value) ? Number(value) : value),
    )
    .option("--validate-every <n>", "steps between validations (default: 500)", integer(1, 1e9))
    .option("--checkpoint-every <n>", "steps between checkpoints (default: 200)", integer(1, 1e9))
    .option(
      "--samples <video...>",
      "make sounds for these in between; NAME.txt beside a video is its prompt, its own sound the truth",
    )
    .option("--samples-every <n>", "steps between rounds of samples (default: 500)", integer(1, 1e9))
    .optionsGroup("Data and where it goes:")
    .option("--licence <text>", "written into the file: under which licence you give the bridge away")
    .option("-d, --directory <folder>", "train the stage `bridge` of the small model in this folder instead");
  partsOptions(bridge, "model", "backbone", "textEncoder", "sites", "encoder", "device", "threads")
    .addHelpText(
      "after",
      `
Backbone and video encoder stay as they are. The encoder is the one that the data were prepared with; samples need it, with --encoder. Flags override the plan; a plan for example:
  { "steps": 50000, "batch": 64, "learningRate": { "kind": "inverse", "peak": 1e-4 }, "average": { "kind": "power", "decay": 0.9999 },
    "times": "sobol", "drop": { "text": 0.1, "clips": 0.1, "tokens": 0.1 }, "adapter": "shared", "positions": "seconds" }
${LOGS}

Examples:
  foley train bridge --data features
  foley train bridge --data features-1 features-2 --keep "loudness>=p25" -o my-bridge --steps 5000
  foley train bridge --data features --backbone stabilityai/stable-audio-open-1.0 -o my-bridge --batch 8
  foley train bridge -d my-training --data features
  foley generate clip.mp4 "footsteps" --bridge my-bridge/bridge.safetensors`,
    )
    .action(async (options: BridgeOptions, command: Command) => trainBridge(options, command, io));

  addCommand(train, "report", "draw the curves of a training, running or ended, into report.html of its folder")
    .argument("<folder>", "of one run, or of `foley train` with its stages")
    .addHelpText(
      "after",
      `
Losses of every step and on held-out clips, gradients, learning rate, sync, throughput, and samples to listen to. A training writes its page
itself at every validation and at its end; this one is for in between, and for logs of earlier versions.

Example:
  foley train report foley-training`,
    )
    .action(async (folder: string, options) => (await import("./report.js")).trainingReports(folder, options, io));
}

/** Said where a training is started. */
const LOGS = `A run's folder holds log.jsonl (a line per step), validation.jsonl, samples.jsonl, samples/, report.html and the checkpoint.
With --json every line on stdout is one JSON object: { "type": "progress", "stage", "step", "steps", "loss", "clipsPerSecond", "secondsLeft", … }
or { "type": "progress", "stage", "done", "total" } while it goes on, { "type": "result", … } at the end.`;

type BridgeOptions = Partial<TrainBridgeFlags> & { readonly directory?: string };

/** What the stage of a small model takes; the rest is for a bridge of its own. */
const STAGE_FLAGS = ["directory", "data", "keep", "plan", "threads", "device", "json", "verbose", "quiet"];

async function trainBridge(own: BridgeOptions, command: Command, io: Io): Promise<void> {
  // Options of `train` may stand before the word `bridge`.
  const options: BridgeOptions = { ...own, ...(command.parent && saidOf(command.parent)) };
  const { data, directory } = options;
  const given = [...Object.keys(saidOf(command)), ...(command.parent ? Object.keys(saidOf(command.parent)) : [])];
  if (directory === undefined && data !== undefined) {
    return (await import("./bridge.js")).trainBridge({ out: "foley-bridge", ...options } as TrainBridgeFlags, io);
  }
  const other = given.find((name) => !STAGE_FLAGS.includes(name));
  if (other !== undefined) {
    const flag = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(
      directory === undefined
        ? `${flag} was given without --data. Name the folder that \`foley dataset prepare\` wrote.`
        : `${flag} and --directory were both given. A bridge of its own has --out; --directory is for the small model that \`foley train\` makes.`,
    );
  }
  const stage = { directory: "foley-training", ...options } as Parameters<typeof import("./train.js").train>[1];
  return (await import("./train.js")).train("bridge", stage, io);
}

/** Options that were said, without defaults. */
const saidOf = (command: Command): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli"));
