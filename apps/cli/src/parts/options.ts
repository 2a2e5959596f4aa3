/** Flags that name networks and where they are computed: the same ones, in the same words, for every command that has them. */
import type { Pooling } from "@foley-control/video-encoder";
import { type Command, Option } from "commander";
import { integer, names, oneMore, oneMoreOf } from "../values.js";

/** Ways of pooling. */
const POOLINGS: readonly Pooling[] = ["frame", "grid8", "grid16"];

/** Every such flag. */
const OPTIONS = {
  model: () =>
    new Option(
      "--model <model>",
      "what makes the sound: a released model by its word or folder, such as mmaudio-small-16k; or a small model of your own, as `foley train all` writes it",
    ),
  backbone: () =>
    new Option(
      "--backbone <model>",
      "Stable Audio Open 1.0 or Small, Stable Audio 3 small, or MMAudio, as released; or your denoiser.onnx, with denoiser.json beside it",
    ),
  textEncoder: () =>
    new Option(
      "--text-encoder <model>",
      "the T5 of the backbone, or the CLIP of an MMAudio (default: looked for in and beside its folder; of the hub: what it needs)",
    ),
  clip: () =>
    new Option("--no-clip", "MMAudio without CLIP's pictures: about a quarter of the work, but off what it was trained with"),
  nonCommercial: () =>
    new Option("--non-commercial", "your use is not commercial: weights that are for nothing else are fetched without asking"),
  sites: () =>
    new Option("--sites <names>", "values of the .onnx at which the bridge goes in, in place of those of its .json").argParser(
      names,
    ),
  encoder: () =>
    new Option(
      "--encoder <model>",
      "V-JEPA 2 or 2.1 (a folder, or Meta's .pt), CLIP, SigLIP, DINOv2, DINOv3 or Synchformer, as released; or a small model of your own; again for each further one before the same bridge",
    ).argParser(oneMore),
  pooling: () =>
    new Option(
      "--pooling <name>",
      "tokens per time step of V-JEPA 2: 1, 64 or 256 (default: frame); again for each further encoder, in their order",
    )
      .choices(POOLINGS)
      .argParser(oneMoreOf(POOLINGS)),
  bridge: () =>
    new Option(
      "--bridge <model>",
      "the bridge between backbone and encoder: a file; what is not named is that of the small model",
    ),
  device: () =>
    new Option("--device <name>", "where to compute").choices(["auto", "cpu", "webgpu", "cuda", "wasm"]).default("auto"),
  precision: () =>
    new Option("--precision <name>", "what networks are computed in: int8 is smaller, float16 is for GPUs")
      .choices(["float32", "float16", "int8"])
      .default("float32"),
  threads: () => new Option("--threads <n>", "processor threads of the networks").argParser(integer(1, 1024)),
} as const;

/** The flags of commands that make the sound of clips. */
export const SOUND_FLAGS = [
  "model",
  "backbone",
  "textEncoder",
  "clip",
  "nonCommercial",
  "sites",
  "encoder",
  "bridge",
  "device",
  "precision",
] as const satisfies readonly (keyof typeof OPTIONS)[];

/** Gives a command those of the flags that it has, in this order. */
export function partsOptions(command: Command, ...flags: readonly (keyof typeof OPTIONS)[]): Command {
  for (const flag of flags) command.addOption(OPTIONS[flag]().helpGroup("Networks:"));
  return command;
}

/** The flags again, as words of a command line: those that were given and are not the default. */
export function partsWords(given: PartsFlags & Partial<ComputeFlags>): readonly string[] {
  return Object.entries(OPTIONS).flatMap(([name, make]) => {
    const { long, defaultValue, negate } = make();
    const value = given[name as keyof typeof given];
    if (negate) return value === false ? [long as string] : [];
    if (value === true) return [long as string];
    if (value === undefined || value === defaultValue) return [];
    // Names of sites are one word, encoders a flag for each.
    return name === "sites" ? [long as string, String(value)] : [value].flat().flatMap((each) => [long as string, String(each)]);
  });
}

/** Where networks are computed. */
export interface ComputeFlags {
  readonly device: "auto" | "cpu" | "webgpu" | "cuda" | "wasm";
  readonly threads?: number;
}

/** Flags that name networks. */
export interface PartsFlags {
  readonly model?: string | undefined;
  readonly backbone?: string;
  readonly textEncoder?: string;
  readonly clip?: boolean;
  readonly nonCommercial?: boolean;
  readonly sites?: readonly string[];
  readonly encoder?: readonly string[];
  readonly pooling?: readonly (Pooling | undefined)[] | undefined;
  readonly bridge?: string;
  readonly quiet?: boolean;
}
