/** `foley dataset` as a command line; what a subcommand does is loaded when it is called. */
import { type Command, Option } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { partsOptions } from "../parts/options.js";
import { readAhead } from "../parts/read-ahead.js";
import { integer, share, time } from "../values.js";

/** Adds the command with its subcommands. */
export function addDataset(program: Command, io: Io): void {
  const dataset = program.command("dataset").description("videos to train on: prepare, report, export");
  const rules = (what: string): Option => new Option("--keep <rule...>", what);
  dataset.addHelpText(
    "after",
    `
A rule is a score, a comparison and a number: silentShare<=0.8. Scores: fps, width, height, sampleRate, avOffsetMs, peakDb, loudness, silentShare,
clippedShare, bandwidthHz, shelfDb, dynamicsDb, channelGapDb, cuts, cutScore, motion. In reports and in training the number may be a percentile:
loudness>=p25. Quote rules: the shell reads < and > itself.

Examples:
  foley dataset prepare videos -o features
  foley dataset report features --keep "loudness>=p25" "motion>=0.5"
  foley train bridge --data features`,
  );

  const prepare = addCommand(
    dataset,
    "prepare",
    "turn videos into features to train on; Ctrl-C keeps what is done, the same command continues",
  )
    .argument(
      "<source>",
      "a folder of videos, a list (.csv, .jsonl, lists of Kinetics, VGGSound, AudioSet, AudioCaps, Greatest Hits), a .tar, or scenes:N to render N scenes",
    )
    .optionsGroup("What is read and written:")
    .requiredOption("-o, --output <folder>", "where the features go")
    .option("--seconds <time>", "length of every clip; longer videos give several (default: 4)", time(0.1, 600))
    .option("--media <folder>", "where the videos of a list lie, at any depth (default: beside the list)")
    .addOption(
      new Option("--format <name>", "format of a list (default: as its beginning shows)").choices([
        "csv",
        "jsonl",
        "kinetics",
        "vggsound",
        "audioset",
        "audiocaps",
        "moviegen",
        "greatest-hits",
      ]),
    )
    .option("--labels <csv>", "class_labels_indices.csv of AudioSet")
    .option("--split <name>", "only this part of a list, such as train")
    .option("--share <i/n>", "only every n-th video from the i-th on: one process of several, each with its own folder", share)
    .optionsGroup("Captions, and which clips count:")
    .option("--text <caption>", "caption of videos that have none")
    .addOption(new Option("--text-from <what>", "caption of videos that have none: their name").choices(["file", "folder"]))
    .addOption(rules("encode only clips that fulfil these, instead of the usual rules"))
    .option("--all", "encode every clip that can be read, whatever its scores");
  partsOptions(prepare, "model", "backbone", "textEncoder", "encoder", "pooling", "threads", "device")
    .optionsGroup("Limits:")
    .option("--jobs <n>", "clips that are worked on at once (default: 2)", integer(1, 256))
    .option("--shard <clips>", "most clips of one file (default: 256)", integer(1, 1_000_000))
    .option("--max-clips <n>", "most clips of one video (default: 1000)", integer(1, 1_000_000))
    .option("--max-bytes <n>", "larger files are not read (default: 16 GiB)", integer(1, Number.MAX_SAFE_INTEGER))
    .addHelpText(
      "after",
      `
Captions come from the list, or from NAME.txt or NAME.json beside a video, or inside the tar. Files that cannot be used are named in the
report and left out. One run at a time writes a folder.

Examples:
  foley dataset prepare videos -o features --text-from folder
  foley dataset prepare scenes:2000+64 -o features --all        (64 more to judge by, which no training sees)
  foley dataset prepare train.csv -o features --media kinetics/train --seconds 10 --jobs 8
  foley dataset prepare videos -o features --backbone stabilityai/stable-audio-open-1.0 --encoder facebook/vjepa2-vitl-fpc64-256`,
    )
    .action(async (source: string, options) => {
      readAhead();
      return (await import("./prepare.js")).prepare(source, options, io);
    });

  addCommand(dataset, "report", "what is in a folder of features, why clips are not, and how many remain after each rule")
    .argument("<folder>", "what `foley dataset prepare` wrote")
    .addOption(rules("rules to try, in their order (default: the usual ones)"))
    .addHelpText(
      "after",
      '\nExamples:\n  foley dataset report features\n  foley dataset report features --keep "silentShare<=0.5" --json',
    )
    .action(async (folder: string, options) => (await import("./report.js")).report(folder, options, io));

  addCommand(dataset, "export", "write features as a WebDataset: one tar of .safetensors, .json and .txt per clip")
    .argument("<folder...>", "what `foley dataset prepare` wrote; several are joined")
    .requiredOption("-o, --output <tar>", "the archive")
    .addOption(rules("only clips that fulfil these"))
    .option("--split <name>", "only this part")
    .addHelpText("after", "\nExample:\n  foley dataset export features -o features.tar")
    .action(async (folders: string[], options) => (await import("./export.js")).exportDataset(folders, options, io));
}
