/** Which files a generation writes, and that it may: said before anything slow begins. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import { assertWritable, notWritable } from "@foley-control/files/node";
import { containerFromPath, soundExtension } from "@foley-control/media/node";
import { type Io, UsageError } from "../io.js";
import { STREAM } from "./standard-input.js";

/** Flags that say what is written. */
export interface OutputFlags {
  readonly output?: string | undefined;
  readonly outputDir?: string;
  readonly audio?: string;
  readonly audioDir?: string;
  readonly takes?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Files of one take. */
export interface Outputs {
  readonly video: string | undefined;
  /** "-" for the standard output, which gets WAV. */
  readonly audio: string | undefined;
}

/** A clip and the files that each of its takes is written to. */
export interface Planned {
  readonly clip: string;
  readonly takes: readonly Outputs[];
}

/**
 * Names for every clip and take.
 *
 * @throws UsageError where the flags do not go together, or two clips would have one output
 */
export function planOutputs(clips: readonly string[], given: OutputFlags, io: Pick<Io, "pipes"> = {}): readonly Planned[] {
  const both = (one: string, other: string): never => {
    throw new UsageError(`${one} and ${other} were both given. Give one of them.`);
  };
  const flags = withStreams(clips, given, io);
  if (flags.output !== undefined && flags.outputDir !== undefined) both("-o", "--output-dir");
  if (flags.audio !== undefined && flags.audioDir !== undefined) both("--audio", "--audio-dir");
  if (clips.length > 1)
    for (const [flag, file] of [
      ["-o", flags.output],
      ["--audio", flags.audio],
    ] as const)
      if (file !== undefined)
        throw new UsageError(
          `${flag} names one file, and ${clips.length} clips were given. Name a folder with ${flag === "-o" ? "--output-dir" : "--audio-dir"}.`,
        );
  const planned = clips.map((clip) => ({
    clip,
    takes: Array.from({ length: flags.takes ?? 1 }, (_, take) => outputsOf(clip, take, flags)),
  }));
  const taken = new Map<string, string>();
  for (const { clip, takes } of planned)
    for (const path of takes.flatMap(({ video, audio }) => [video, audio])) {
      if (path === undefined) continue;
      const other = taken.get(resolve(path));
      if (other !== undefined)
        throw new UsageError(
          other === clip
            ? `"${clip}" was given twice, or video and sound of it would both be "${path}". Give every output its own name.`
            : `"${other}" and "${clip}" would both be written to "${path}". Rename one, or run the command once for each.`,
        );
      taken.set(resolve(path), clip);
    }
  return planned;
}

/** `-o -` is the sound: a video is no stream that players take. Then nothing else goes to the standard output. */
function withStreams(clips: readonly string[], flags: OutputFlags, { pipes }: Pick<Io, "pipes">): OutputFlags {
  const { output, outputDir, audio, audioDir, takes = 1, json } = flags;
  const refuse = (why: string): never => {
    throw new UsageError(why);
  };
  if (clips.includes(STREAM) && (clips.length > 1 || outputDir !== undefined || audioDir !== undefined))
    refuse(
      "The clip is -, the standard input: it comes alone, and has no name to make others from. Name its output with -o or --audio.",
    );
  if (clips.includes(STREAM) && output === undefined && audio === undefined)
    refuse("The clip is -, the standard input, and has no name to make another from. Name its output with -o or --audio.");
  if (output !== STREAM && audio !== STREAM) return flags;
  if (output === STREAM && audio !== undefined)
    refuse("-o - writes the sound to the standard output, and --audio names it again. Give one.");
  if (json) refuse("--json and the sound would both go to the standard output. Give --json or -, not both.");
  if (takes > 1 || clips.length > 1) refuse("One sound goes to the standard output. Name files or a folder for several.");
  if (!pipes?.output) refuse("A terminal cannot play a sound. Pipe it somewhere, or name a file.");
  return { ...flags, audio: STREAM, ...(output === STREAM && { output: undefined }) };
}

/** A video beside the clip when nothing else is said; no video when only sound is wanted. */
function outputsOf(clip: string, take: number, flags: OutputFlags): Outputs {
  const number = (flags.takes ?? 1) > 1 ? `-${take + 1}` : "";
  const named = (path: string): string => {
    const ending = extname(path);
    return `${path.slice(0, path.length - ending.length)}${number}${ending}`;
  };
  const own = (folder: string, ending: string): string => named(join(folder, `${basename(clip, extname(clip))}.foley${ending}`));
  const wantsSound = flags.audio !== undefined || flags.audioDir !== undefined;
  const video =
    flags.output !== undefined
      ? named(flags.output)
      : flags.outputDir !== undefined || !wantsSound
        ? own(flags.outputDir ?? dirname(clip), videoEnding(clip))
        : undefined;
  const audio =
    flags.audio !== undefined ? named(flags.audio) : flags.audioDir !== undefined ? own(flags.audioDir, ".wav") : undefined;
  return { video, audio };
}

/** Ending of the video that is written for a clip: its own, or .mp4. */
export function videoEnding(clip: string): string {
  const ending = extname(clip).toLowerCase();
  return [".mp4", ".m4v", ".mov", ".webm", ".mkv"].includes(ending) ? ending : ".mp4";
}

/** Makes the folders that the flags name. */
export async function makeFolders({ outputDir, audioDir }: OutputFlags): Promise<void> {
  for (const folder of [outputDir, audioDir])
    if (folder !== undefined)
      await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
        throw notWritable(`The folder ${folder}`, cause);
      });
}

/**
 * Looks whether the files of a clip can be written. A name that a person gave is overwritten, one made from the clip's only with `--force`.
 *
 * @throws FoleyError `not-writable`, `unsupported` for an ending that cannot be written
 */
export async function assertOutputs({ clip, takes }: Planned, flags: OutputFlags): Promise<void> {
  for (const { video, audio } of takes) {
    if (video !== undefined) containerFromPath(video);
    if (audio !== undefined && audio !== STREAM) soundExtension(audio);
    for (const [path, isNamed] of [
      [video, flags.output !== undefined],
      [audio, flags.audio !== undefined],
    ] as const) {
      if (path === undefined || path === STREAM) continue;
      await assertWritable(path, [clip]);
      if (!isNamed && flags.force !== true && existsSync(path))
        throw new FoleyError("not-writable", `"${path}" is there already.`, {
          hint: "Choose another name or folder, or overwrite it with --force.",
        });
    }
  }
}
