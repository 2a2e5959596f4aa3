/** Settings of one sound: flags of every command that makes sounds, and columns of the lists of `foley batch`. */
import type { OriginalSound } from "@foley-control/media/node";
import { type Command, Option } from "commander";
import { integer, number, ranges, seed, time } from "../values.js";

/** What a sound is made with; what is not said is up to the models. */
export interface Settings {
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly seed?: number | bigint;
  readonly takes?: number;
  readonly steps?: number;
  readonly guidance?: number;
  readonly videoGuidance?: number;
  readonly videoStrength?: number;
  readonly sampler?: string;
  readonly events?: string;
  readonly sound?: string;
  readonly range?: string;
  readonly start?: number;
  readonly duration?: number;
  readonly tolerant?: boolean;
  readonly original?: OriginalSound;
}

const HEARD = "What is heard:";
const WHICH = "Which part of a clip:";
const WRITTEN = "What is written:";
const option = (group: string, flags: string, text: string, parse?: (value: string) => unknown): Option => {
  const made = new Option(flags, text).helpGroup(group);
  return parse ? made.argParser(parse) : made;
};

/** Every setting as a flag, which also says how its text is read. */
export const SETTINGS = {
  prompt: () => option(HEARD, "--prompt <text>", "what it should sound like"),
  negativePrompt: () => option(HEARD, "--negative-prompt <text>", "what it should not sound like"),
  seed: () => option(HEARD, "--seed <integer>", "same seed, same sound (default: 0)", seed),
  takes: () =>
    option(HEARD, "--takes <n>", "sounds for every clip, of this seed and those that follow it (default: 1)", integer(1, 1000)),
  steps: () =>
    option(HEARD, "--steps <n>", "sampler steps, 1 to 1000 (default: 24, or what the backbone's authors use)", integer(1, 1000)),
  guidance: () => option(HEARD, "--guidance <scale>", "how strongly the prompt is followed; 1 is as trained", number(-100, 100)),
  videoGuidance: () =>
    option(HEARD, "--video-guidance <scale>", "how strongly the video is followed; 1 is as trained", number(-100, 100)),
  videoStrength: () =>
    option(HEARD, "--video-strength <factor>", "factor on the video's influence, 0 to 2 (default: 1)", number(0, 2)),
  sampler: () => option(HEARD, "--sampler <name>", "solver, e.g. dpmpp-2m, dpmpp-3m-sde, v-ddim"),
  events: () =>
    option(
      HEARD,
      "--events <file>",
      "what is to be heard, in place of what the picture says: .json or .csv, as `foley events` writes it",
    ),
  sound: () =>
    option(
      HEARD,
      "--sound <file>",
      "sound that is there already, from the same moment on: it stays outside of --range, and what is behind its end goes on from it",
    ),
  range: () =>
    option(HEARD, "--range <times>", "what of --sound is made anew, such as 2-4, or 2-4,1:03-1:05, in times of the clip", ranges),
  start: () => option(WHICH, "--start <time>", "where to begin: seconds, m:ss or h:mm:ss", time()),
  duration: () => option(WHICH, "--duration <time>", "how much gets sound", time()),
  tolerant: () => option(WHICH, "--tolerant", "use what is there of a clip that is cut off"),
  original: () =>
    option(WRITTEN, "--original <what>", "what becomes of the clip's own sound")
      .choices(["replace", "mix", "keep"])
      .default("replace"),
} as const satisfies Record<keyof Settings, () => Option>;

/** Gives a command all of them, but for those that it has no use for. */
export function settingsOptions(
  command: Command,
  { without = [] }: { readonly without?: readonly (keyof Settings)[] } = {},
): Command {
  for (const [name, setting] of Object.entries(SETTINGS))
    if (!without.includes(name as keyof Settings)) command.addOption(setting());
  return command;
}

/** Every setting once, with its name. */
const ALL = Object.entries(SETTINGS).map(([name, make]) => ({ name: name as keyof Settings, option: make() }));

/** Settings of one take again, as words of a command line: those that were given and are not the default. */
export function settingsWords(given: Settings): readonly string[] {
  return ALL.flatMap(({ name, option: { long, defaultValue } }) => {
    const value = given[name];
    if (value === undefined || value === defaultValue || value === false || name === "takes") return [];
    return value === true ? [long as string] : [long as string, String(value)];
  });
}
