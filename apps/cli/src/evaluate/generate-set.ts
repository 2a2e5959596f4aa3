/** Our pipeline over a set of clips: what is there is kept, what fails is named, and every sound can be told how it was made. */
import { mkdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { createRandom, FoleyError, type FoleyErrorCode } from "@foley-control/core";
import { appendLines, jsonLines, notWritable } from "@foley-control/files/node";
import { probe } from "@foley-control/media/node";
import type { BenchmarkClip } from "@foley-control/metrics/node";
import { createFoley } from "@foley-control/pipeline/node";
import type { Io } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { openFoleyParts } from "../parts/parts.js";
import { weightFiles } from "../parts/weight-files.js";
import { jsonSeed } from "../values.js";

/** Flags of the sounds that are made. */
export interface GenerateSetFlags extends PartsFlags, ComputeFlags {
  readonly seed?: number | bigint;
  readonly steps?: number;
  readonly guidance?: number;
  readonly videoGuidance?: number;
}

/** What became of a set. */
export interface GeneratedSet {
  /** Where the sounds are. */
  readonly folder: string;
  /** Sounds that were made now. */
  readonly made: number;
  /** Sounds that were there, made the same way. */
  readonly kept: number;
  /** Clips without a sound, and why. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
}

/** File in the folder with one line per sound: what it was made of. */
const JOURNAL = "generated.jsonl";
/** Length of a sound without a picture where nothing says how long it should be, seconds. */
const SECONDS_WITHOUT_PICTURE = 4;
/** Errors that are about one clip; all others end the work. */
const OF_THE_CLIP: ReadonlySet<FoleyErrorCode> = new Set(["bad-file", "no-video", "too-long", "unsupported"]);

/**
 * Makes the sounds of clips, as `NAME.wav` in a folder. A sound that is there and was made of the same prompt, seed and settings is kept.
 *
 * @param seconds - first seconds of every clip that get sound; `undefined`: all
 * @throws FoleyError `not-writable` for a folder that has sounds of somebody else; whatever is not one clip's fault
 */
export async function generateSet(
  clips: readonly BenchmarkClip[],
  folder: string,
  seconds: number | undefined,
  flags: GenerateSetFlags & { readonly version: string },
  io: Io,
  onClip: (done: number, of: number) => void,
): Promise<GeneratedSet> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw notWritable(`The folder ${folder}`, cause);
  });
  const journal = await readJournal(join(folder, JOURNAL));
  const { version, steps, guidance, videoGuidance, sites } = flags;
  const opened = await openFoleyParts(flags, io);
  const runtime = { device: flags.device, ...(flags.threads === undefined ? {} : { threads: flags.threads }) };
  // Nothing but headers is read before the first sound is made.
  await using foley = await createFoley({ ...opened, runtime });
  const settings = {
    version,
    weights: await weightFiles(foley.parts),
    steps,
    guidance,
    videoGuidance,
    sites,
    ...(flags.clip === false && { clip: false }),
  };
  const failed: { name: string; reason: string }[] = [];
  const todo: { readonly clip: BenchmarkClip; readonly path: string; readonly row: string; readonly seed: number }[] = [];
  for (const clip of clips) {
    const { id: name, caption: prompt = "", start } = clip;
    if (basename(name) !== name || name.startsWith(".")) {
      failed.push({ name, reason: "Its name is no name of a file." });
      continue;
    }
    const seed = createRandom(flags.seed ?? 0, "evaluate", name).integer(0, 2 ** 31);
    const row = JSON.stringify({ name, prompt, seed, start, seconds: clip.seconds ?? null, first: seconds ?? null, settings });
    const path = join(folder, `${name}.wav`);
    const isThere = await stat(path).catch(() => undefined);
    const before = journal.rows.get(name);
    if (isThere && before === undefined && !journal.torn.some((line) => mayName(line, name)))
      throw new FoleyError("not-writable", `"${path}" is there and was not made by this command.`, {
        hint: "Choose another folder for the sounds that are made, or leave --generate out.",
      });
    if (!isThere || before !== row) todo.push({ clip, path, row, seed });
  }
  const kept = clips.length - todo.length - failed.length;
  let made = 0;
  for (const [index, { clip, path, row, seed }] of todo.entries()) {
    io.signal.throwIfAborted();
    onClip(index, todo.length);
    try {
      const take = await foley.generate({
        ...(await partOf(clip, seconds)),
        prompt: clip.caption ?? "",
        seed,
        steps,
        guidanceScale: guidance,
        videoGuidanceScale: videoGuidance,
        signal: io.signal,
      });
      // In this order, whatever stops it: a sound is never there under a line that is not its own.
      await rm(path, { force: true });
      await appendLines(join(folder, JOURNAL), [row]);
      await take.saveAudio(path, { signal: io.signal });
      made++;
    } catch (error) {
      if (!FoleyError.isInstance(error) || !OF_THE_CLIP.has(error.code)) throw error;
      failed.push({ name: clip.id, reason: error.message });
    }
  }
  return { folder, made, kept, failed };
}

/** What is looked at, and for how long it sounds. */
async function partOf({ video, start, seconds: length }: BenchmarkClip, first: number | undefined) {
  const wanted = Math.min(length ?? Number.POSITIVE_INFINITY, first ?? Number.POSITIVE_INFINITY);
  if (video === undefined) return { duration: Number.isFinite(wanted) ? wanted : SECONDS_WITHOUT_PICTURE };
  const info = await probe(video);
  const there = (info.video?.duration ?? 0) - start;
  return { video, ...(start > 0 && { start }), ...(wanted < there && { duration: wanted }) };
}

/** The last line of every sound, and what is left of lines that were torn. */
async function readJournal(
  path: string,
): Promise<{ readonly rows: ReadonlyMap<string, string>; readonly torn: readonly string[] }> {
  const rows = new Map<string, string>();
  const torn: string[] = [];
  const onTorn = (line: string): void => {
    torn.push(line);
    // What was said of the sound before is said no more.
    for (const name of rows.keys()) if (line.startsWith(beginning(name))) rows.delete(name);
  };
  for await (const { text, value } of jsonLines(path, { head: HEAD, repair: true, onTorn })) {
    const { name } = (value ?? {}) as { name?: unknown };
    if (typeof name === "string") rows.set(name, text);
  }
  return { rows, torn };
}

/** How a line begins. */
const HEAD = '{"name":';
const beginning = (name: string): string => `${HEAD}${JSON.stringify(name)}`;

/** Whether a torn line may have been that of a sound, which is then made again: nothing else says how it was made. */
const mayName = (torn: string, name: string): boolean =>
  torn !== "" && (torn.startsWith(beginning(name)) || beginning(name).startsWith(torn));

/** The seed that all are drawn from, as JSON can carry it. */
export const setSeed = (flags: GenerateSetFlags): number | string => jsonSeed(flags.seed ?? 0);
