/** `foley models` as a command line; what a subcommand does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";

/** Adds the command with its subcommands. */
export function addModels(program: Command, io: Io): void {
  const models = program.command("models").description("weights of other models: list, add, info, verify, remove");
  models.addHelpText(
    "after",
    `
Models of the hub lie where Python keeps them (HF_HUB_CACHE, HF_HOME, else ~/.cache/huggingface/hub), so both share one download.
Conditions that a model asks for are accepted on its page; then set HF_TOKEN. Also: HF_ENDPOINT, HF_HUB_OFFLINE=1.

Examples:
  foley models list
  foley models add facebook/vjepa2-vitl-fpc64-256
  foley models verify google-t5/t5-base --deep`,
  );

  addCommand(models, "list", "what is here: the cache of the hub, and files of your own; and what could be added")
    .option("--all", "also cached models that no part of foley reads")
    .addHelpText("after", "\nExamples:\n  foley models list\n  foley models list --all --json")
    .action(async (options) => (await import("./list.js")).listModels(options, io));

  addCommand(models, "add", "download a model of the hub, or put files of your own on the list")
    .argument("<model>", "org/name, org/name@revision, a word such as mmaudio-small-16k, a folder, or a file")
    .option("--file <name...>", "only these files of the repository")
    .option("--non-commercial", "your use is not commercial: weights that are for nothing else are fetched without asking")
    .option("--as <id>", "which known model a folder or file of your own is, e.g. facebook/vjepa2-vitl-fpc64-256")
    .addHelpText(
      "after",
      `
A download that was cut off goes on where it stopped. Files of your own stay where they are; their digests are noted.

Examples:
  foley models add google-t5/t5-base
  foley models add mmaudio-small-16k --non-commercial
  foley models add stabilityai/stable-audio-open-1.0@main
  foley models add ~/weights/vitl.pt
  foley models add ~/weights/sao --as stabilityai/stable-audio-open-1.0`,
    )
    .action(async (model: string, options) => (await import("./add.js")).addModel(model, options, io));

  addCommand(models, "info", "parts, number of parameters, precision, size and licence, from the headers of the files")
    .argument("<model>", "a model that is here, or any file or folder of weights")
    .addHelpText("after", "\nExamples:\n  foley models info google-t5/t5-base\n  foley models info ./model.safetensors --json")
    .action(async (model: string, options) => (await import("./info.js")).modelInfo(model, options, io));

  addCommand(models, "verify", "read everything again and compare it with its digests; check the headers")
    .argument("[model]", "one that is here (default: all of them)")
    .option("--deep", "also look for NaN in every weight")
    .addHelpText("after", "\nExamples:\n  foley models verify\n  foley models verify facebook/vjepa2-vitl-fpc64-256 --deep")
    .action(async (model: string | undefined, options) => (await import("./verify.js")).verifyModels(model, options, io));

  addCommand(models, "remove", "delete a model from the cache, or take files of your own off the list (those are never deleted)")
    .argument("<model>", "org/name, org/name@revision for one commit, or a path from the list")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExamples:\n  foley models remove google-t5/t5-base\n  foley models remove ~/weights/vitl.pt --yes")
    .action(async (model: string, options) => (await import("./remove.js")).removeModel(model, options, io));
}
