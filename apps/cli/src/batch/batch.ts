/**
 * `foley batch`: many clips in one command that may be stopped and started again. One process writes an output folder; what is there and was made of
 * the same is kept.
 */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { FoleyError } from "@foley-control/core";
import { assertWritable, withFolderLock } from "@foley-control/files/node";
import { checkRequest, type NodeTake } from "@foley-control/pipeline/node";
import { lookAt } from "../generate/look.js";
import {
  type KeepFlags,
  type MakeOptions,
  type Maker,
  type MakerFlags,
  makeTake,
  openMaker,
  saveTake,
  storeOf,
} from "../generate/make.js";
import type { Settings } from "../generate/settings.js";
import type { Io } from "../io.js";
import { assertAllDone, inTurn } from "../many.js";
import { partsWords } from "../parts/options.js";
import { weightFiles } from "../parts/weight-files.js";
import { printJsonLine } from "../terminal/print.js";
import { createProgress, type Progress } from "../terminal/progress.js";
import { version } from "../version.js";
import { type FinishedTake, type Journal, type MadeTake, openJournal } from "./journal.js";
import type { Written } from "./names.js";
import { counts, lineOf, type TakeOutcome } from "./outcome.js";
import { type PlannedTake, planTakes } from "./plan.js";
import { reportPaths, writeReports } from "./report.js";
import type { Row } from "./row.js";
import { createShares } from "./shares.js";
import { readSources } from "./sources.js";

/** Flags of the command. */
export interface BatchFlags extends MakerFlags, KeepFlags, Settings {
  readonly outputDir: string;
  readonly write: Written;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** Makes what is not there. */
export async function batch(sources: readonly string[], flags: BatchFlags, io: Io): Promise<void> {
  checkRequest({ solver: flags.sampler as never, start: flags.start, duration: flags.duration });
  const rows = await readSources(sources, settingsOf(flags));
  await withFolderLock(flags.outputDir, () => makeRows(rows, flags, io), { by: "batch", signal: io.signal });
}

/** Of all flags those that a row may overrule. */
function settingsOf(flags: BatchFlags): Settings {
  const { prompt, negativePrompt, seed, takes, steps, guidance, videoGuidance, videoStrength, sampler } = flags;
  const { start, duration, tolerant, original } = flags;
  const all = { prompt, negativePrompt, seed, takes, steps, guidance, videoGuidance, videoStrength, sampler, start, duration };
  return Object.fromEntries(Object.entries({ ...all, tolerant, original }).filter(([, value]) => value !== undefined));
}

async function makeRows(rows: readonly Row[], flags: BatchFlags, io: Io): Promise<void> {
  const { outputDir, jobs = 1, json = false, verbose = false, quiet = false } = flags;
  const paths = reportPaths(outputDir);
  const journal = await openJournal(outputDir);
  await using maker = await openMaker(flags, io);
  const made = { version: version(), weights: await weightFiles(maker.parts), device: flags.device, precision: flags.precision };
  const planned = planTakes(rows, { outputDir, written: flags.write, made });
  const outcomes: TakeOutcome[] = planned.map((one) => ({ planned: one, status: "left" }));
  const unmade: number[] = [];
  for (const [index, one] of planned.entries()) {
    const finished = one.error ? undefined : await journal.made(one);
    if (finished) outcomes[index] = { planned: one, status: "kept", finished };
    else unmade.push(index);
  }
  const keep = storeOf(flags, io);
  const parts = partsWords(flags);
  const say = (event: string, what: object): void => {
    if (json) printJsonLine(io, { event, ...what });
  };
  say("begin", { rows: rows.length, takes: planned.length, kept: planned.length - unmade.length });
  using progress = createProgress(io, quiet, unmade.length);
  const shares = createShares(progress, unmade.length, io, quiet);
  const work = async (index: number, _: number, signal: AbortSignal): Promise<void> => {
    const one = planned[index] as PlannedTake;
    using piece = shares(one.row.clip);
    try {
      const finished = await make(one, { maker, journal }, { signal, onProgress: piece.listen, keep });
      outcomes[index] = { planned: one, status: "made", finished };
      tell(outcomes[index], flags, progress, io, () => say("made", lineOf(outcomes[index] as TakeOutcome, parts)));
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const error = FoleyError.isInstance(thrown) ? thrown : unforeseen(thrown);
      outcomes[index] = { planned: one, status: "failed", error };
      say("failed", lineOf(outcomes[index], parts));
      throw error;
    }
  };
  const finish = async (): Promise<void> => {
    await writeReports({ folder: process.cwd(), outputDir, parts, takes: outcomes }, paths);
    progress.end();
    const { made: now, kept, failed, left } = counts(outcomes);
    say("end", { made: now, kept, failed, left, report: paths });
    if (!quiet) io.err(`${now} made, ${kept} kept, ${failed} failed${left > 0 ? `, ${left} left` : ""}. Report: ${paths.html}\n`);
  };
  const nameOf = (index: number): string => (planned[index] as PlannedTake).row.clip;
  const many = { jobs, json: false, verbose, beforeLine: () => progress.end() };
  let failures: Awaited<ReturnType<typeof inTurn>>["failures"];
  try {
    ({ failures } = await inTurn(unmade, nameOf, work, many, io));
  } catch (stopped) {
    // What stopped the work is what is said; a full disk takes no report either.
    await finish().catch(() => undefined);
    io.err("The same command goes on where this one was stopped.\n");
    throw stopped;
  }
  await finish();
  assertAllDone(failures, planned.length, "got no sound", `The lines above and ${paths.html} say why.`);
}

/** One clip that brings out a mistake of ours must not stand in the way of all others, each time anew. */
const unforeseen = (cause: unknown): FoleyError =>
  new FoleyError("unsupported", `something unforeseen happened: ${String((cause as Error | undefined)?.message ?? cause)}.`, {
    hint: "Please report it.",
    cause,
  });

interface Making {
  readonly maker: Maker;
  readonly journal: Journal;
}

/** Makes one take and writes it down. */
async function make(one: PlannedTake, { maker, journal }: Making, options: MakeOptions): Promise<FinishedTake> {
  if (one.error) throw one.error;
  const { row, outputs, seed } = one;
  const { clip, settings } = row;
  for (const path of [outputs.video, outputs.audio]) {
    if (path === undefined) continue;
    await assertWritable(path, [clip]);
    if (existsSync(path) && !journal.owns(basename(path)))
      throw new FoleyError("not-writable", `"${path}" is there already, and no batch has written it.`, {
        hint: "Choose another output folder, or take it away.",
      });
  }
  const begun = performance.now();
  const isTold = [settings.events, settings.sound, settings.range].some((one) => one !== undefined);
  const beside = isTold ? await lookAt(clip, settings, options.signal) : { events: undefined };
  const wanted = { clip, prompt: settings.prompt, seed, settings, ...beside, outputs };
  const take = await makeTake(maker, wanted, options);
  return journal.write(one, async () => {
    await saveTake(take, wanted, options);
    return await told(take, (performance.now() - begun) / 1000);
  });
}

/** Longest take whose events and onsets are written down, seconds. */
const SHOWN_SECONDS = 60;
const rounded = (value: number): number => Math.round(value * 1e3) / 1e3;

async function told(take: NodeTake, seconds: number): Promise<MadeTake> {
  const { start, duration, events, diagnostics } = take;
  const isShown = duration <= SHOWN_SECONDS;
  return {
    start,
    duration,
    seconds: rounded(seconds),
    warnings: diagnostics.warnings.map(({ message }) => message),
    ...(isShown && {
      events: events.map(({ time }) => rounded(time)),
      onsets: (await take.onsets()).times.map((time) => rounded(start + time)),
    }),
  };
}

/** A line for a take that is there. */
function tell({ planned, finished }: TakeOutcome, flags: BatchFlags, progress: Progress, io: Io, say: () => void): void {
  progress.end();
  if (!flags.quiet) for (const warning of finished?.warnings ?? []) io.err(`Note: ${planned.row.clip}: ${warning}\n`);
  if (flags.json) say();
  else for (const path of [planned.outputs.video, planned.outputs.audio]) if (path !== undefined) io.out(`${path}\n`);
}
