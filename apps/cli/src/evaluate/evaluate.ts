/** `foley evaluate`: the field's numbers for folders of sounds, and a report. Everything is looked at before anything slow begins. */
import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import { assertWritable, writeFileAtomically } from "@foley-control/files/node";
import {
  type BenchmarkClip,
  csvOf,
  type EvaluationPreset,
  evaluateFolders,
  evaluationPreset,
  latexRows,
  type MissingFile,
  markdownTable,
  metricOf,
  readBenchmark,
} from "@foley-control/metrics/node";
import { type Io, UsageError } from "../io.js";
import { openRuntime } from "../parts/runtime.js";
import { durationText } from "../terminal/duration.js";
import { createProgress, type Progress, patiently } from "../terminal/progress.js";
import { painter } from "../terminal/style.js";
import { version } from "../version.js";
import { type GenerateSetFlags, generateSet, setSeed } from "./generate-set.js";
import { evaluationPage } from "./html.js";
import { type NetworkFlags, openNetworks, sayLicences } from "./networks.js";
import { type Outcome, outcomeJson } from "./outcome.js";
import { renderScenes } from "./scenes-set.js";
import { notesText, numbersText } from "./show.js";
import { choosingMetric, showClips } from "./shown-clips.js";
import { readCaptions, truthOf } from "./truth.js";

/** Flags of the command. */
export interface EvaluateFlags extends NetworkFlags, GenerateSetFlags {
  readonly reference?: string;
  readonly videos?: string;
  readonly benchmark?: string;
  readonly list?: string;
  readonly system?: readonly string[];
  readonly truth?: boolean;
  readonly preset: string;
  readonly seconds?: number;
  readonly captions?: string;
  readonly cache: string | false;
  readonly jobs?: number;
  readonly html?: string;
  readonly by?: string;
  readonly csv?: boolean;
  readonly markdown?: boolean;
  readonly latex?: boolean;
  readonly scenes?: number;
  readonly output: string;
  readonly generate?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** Scenes that are rendered when nobody says how many. */
const DEFAULT_SCENES = 8;
/** Row of the true sounds themselves. */
const TRUTH = "the truth itself";
/** Row of the sounds that we make of the scenes. */
const OURS = "foley";

/** What is evaluated. */
interface Plan {
  /** Captions by clip, as a person gave them. */
  readonly captions: ReadonlyMap<string, string>;
  readonly clips: readonly BenchmarkClip[];
  readonly missing: readonly MissingFile[];
  readonly published: number | undefined;
  /** Folders of the systems, as rows of the table. */
  readonly systems: Readonly<Record<string, string>>;
  /** Folder whose sounds are made first. */
  readonly make: string | undefined;
}

/** Evaluates, and writes the report. */
export async function evaluate(generated: string | undefined, flags: EvaluateFlags, io: Io): Promise<void> {
  const preset = evaluationPreset(flags.preset);
  const forms = (["json", "csv", "markdown", "latex"] as const).filter((form) => flags[form]);
  if (forms.length > 1) throw new UsageError(`--${forms.join(" and --")} were given. Give one of them.`);
  if (flags.by !== undefined) checkBy(flags);
  if (flags.html !== undefined) await checkHtml(flags.html);
  using progress = createProgress(io, flags.quiet === true);
  const { signal } = io;
  const plan = await planOf(generated, flags, io, (text, share) => progress.say(text, share));
  const networks = await openNetworks(preset, flags, io);
  const seconds = flags.seconds ?? preset.seconds;
  let made: Outcome["generated"];
  if (plan.make !== undefined) {
    progress.say("opening the model");
    const onClip = (done: number, of: number) => progress.say(`making sound ${done + 1} of ${of}`, done / of);
    const settings = { ...flags, version: version() };
    made = { ...(await generateSet(plan.clips, plan.make, seconds, settings, io, onClip)), seed: setSeed(flags) };
    if (made.made + made.kept === 0)
      throw new FoleyError("bad-file", `No clip could be given sound: ${made.failed[0]?.reason ?? "there are none."}`);
  }
  await using runtime = networks.length > 0 ? await openRuntime(flags, io) : undefined;
  const onClip = patiently(io, flags.quiet === true, clipLine(progress));
  const reports = await evaluateFolders({
    networks,
    clips: plan.clips,
    generated: plan.systems,
    preset,
    seconds: flags.seconds,
    runtime,
    captions: (name) => plan.captions.get(name),
    cache: flags.cache === false ? undefined : flags.cache,
    ...(flags.jobs !== undefined && { jobs: flags.jobs }),
    onNetworks: (needs) => sayLicences(needs, flags, io),
    onClip,
    signal,
  });
  progress.end();
  const { clips, missing, published } = plan;
  const outcome: Outcome = { preset, reports, generated: made, missing, published, clips: clips.length };
  checkPairs(outcome, plan, preset);
  if (flags.html !== undefined) await writeReport(flags.html, outcome, plan, flags, io);
  tell(outcome, flags, io);
}

/** Which clips and which systems, from what a person said. */
async function planOf(
  generated: string | undefined,
  flags: EvaluateFlags,
  io: Io,
  say: (text: string, share?: number) => void,
): Promise<Plan> {
  const { reference, videos, benchmark } = flags;
  const systems = new Map<string, string>();
  const add = (name: string, folder: string): void => {
    if (systems.has(name)) throw new UsageError(`Two systems are called "${name}". Name them with --system NAME=FOLDER.`);
    systems.set(name, folder);
  };
  if (flags.list !== undefined && benchmark === undefined) throw new UsageError("--list was given without --benchmark.");
  if (benchmark !== undefined && (reference ?? videos) !== undefined)
    throw new UsageError("--benchmark was given, and --reference or --videos too. Give one of them.");
  const isScenes = [reference, videos, benchmark].every((one) => one === undefined) && flags.preset === "scenes";
  if (flags.scenes !== undefined && !isScenes)
    throw new UsageError(
      "--scenes was given; scenes are rendered for the preset scenes, without --reference, --videos or --benchmark.",
    );
  if (isScenes && generated !== undefined)
    throw new UsageError(
      `${generated} was given without --reference. Name the folder of the true sounds; without any folder, held-out scenes are rendered and scored.`,
    );
  let clips: readonly BenchmarkClip[] = [];
  let missing: readonly MissingFile[] = [];
  let published: number | undefined;
  let make: string | undefined;
  const captions = flags.captions === undefined ? new Map<string, string>() : await readCaptions(flags.captions);
  let truth = reference;
  if (isScenes) {
    truth = join(flags.output, "true");
    make = join(flags.output, "generated");
    const count = flags.scenes ?? DEFAULT_SCENES;
    const onScene = (done: number) => say(`rendering scene ${done + 1} of ${count}`, done / count);
    const names = new Set(await renderScenes(truth, count, { signal: io.signal, onScene }));
    clips = (await truthOf({ reference: truth }, captions)).filter(({ id }) => names.has(id));
    add(OURS, make);
  } else if (benchmark !== undefined) {
    const [, layout, folder] = /^([\w-]+)=(.+)$/.exec(benchmark) ?? [];
    if (layout === undefined || folder === undefined)
      throw new UsageError(`--benchmark was given "${benchmark}"; LAYOUT=FOLDER was expected, e.g. vggsound=VGGSound.`);
    const found = await readBenchmark(layout, { folder, list: flags.list });
    ({ missing, published } = found);
    clips = found.clips.map((clip) => ({ ...clip, caption: captions.get(clip.id) ?? clip.caption }));
  } else clips = await truthOf({ reference, videos }, captions);
  if (generated !== undefined) add(basename(resolve(generated)), generated);
  for (const text of flags.system ?? []) {
    const [, name, folder] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || folder === undefined)
      throw new UsageError(`--system was given "${text}"; NAME=FOLDER was expected, e.g. ours=made.`);
    add(name, folder);
  }
  // Of scenes the sounds are made anyway.
  if (flags.generate && !isScenes) {
    if (generated === undefined) throw new UsageError("--generate was given without the folder that the sounds go to.");
    if (clips.length === 0)
      throw new UsageError("--generate was given without videos. Name them with --videos, --reference or --benchmark.");
    make = generated;
  }
  if (flags.truth || isScenes) {
    if (truth === undefined) throw new UsageError("--truth was given without --reference.");
    add(TRUTH, truth);
  }
  if (systems.size === 0)
    throw new UsageError(
      "There is nothing to evaluate. Name a folder of generated sounds, or systems with --system NAME=FOLDER.",
    );
  const plan: Plan = { captions, clips, missing, published, systems: Object.fromEntries(systems), make };
  if (make !== undefined && truth !== undefined && (await samePlace(make, truth)))
    throw new UsageError(`The sounds that are made would go to the folder of the true ones, ${truth}. Name another one.`);
  for (const [name, folder] of systems)
    if (name !== TRUTH && truth !== undefined && (await samePlace(folder, truth)))
      io.err(
        `Note: ${name} is the folder of the true sounds itself: its numbers are those that no system can be expected to beat.\n`,
      );
  return plan;
}

async function samePlace(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => realpath(path).catch(() => resolve(path))));
  return first === second;
}

/** Refused before anything is computed: a metric that no clip has a number of. */
function checkBy({ by, html }: EvaluateFlags): void {
  if (html === undefined) throw new UsageError("--by was given without --html. It chooses the clips of the report.");
  if (metricOf(by as string).clip === undefined)
    throw new UsageError(`--by was given ${by}, which is a number of the whole set. Give one of clips, e.g. desync.`);
}

async function checkHtml(path: string): Promise<void> {
  if (!/^\.html?$/i.test(extname(path)))
    throw new UsageError(`--html was given "${path}"; a name that ends in .html was expected.`);
  await mkdir(dirname(resolve(path)), { recursive: true }).catch(() => undefined);
  await assertWritable(path);
}

/** Names that have nothing in common are a mistake in the call, not a result. */
function checkPairs({ reports }: Outcome, { clips, systems }: Plan, { metrics }: EvaluationPreset): void {
  const compares = metrics.some((id) => metricOf(id).needs.some((need) => !need.startsWith("generated/")));
  if (clips.length === 0 || !compares) return;
  for (const { system, pairs, onlyGenerated, onlyReference } of reports)
    if (pairs === 0)
      throw new FoleyError(
        "not-found",
        `No sound in ${systems[system]} has the name of a true clip: it has ${few(onlyGenerated)}; the true clips are ${few(onlyReference)}.`,
        { hint: "Give the files of a clip the same name, but for the ending." },
      );
}

const few = (names: readonly string[]): string =>
  names.length === 0
    ? "none"
    : names
        .slice(0, 3)
        .map((name) => `"${name}"`)
        .join(", ") + (names.length > 3 ? ", …" : "");

/** The page, with copies of the files that it plays in `NAME.files` beside it. */
async function writeReport(path: string, outcome: Outcome, plan: Plan, flags: EvaluateFlags, io: Io): Promise<void> {
  const { reports, preset } = outcome;
  const by = choosingMetric(reports, flags.by);
  const shown = by
    ? await showClips(
        // True sounds stand beside those of every system.
        reports.filter(({ system }) => system !== TRUTH),
        by,
        {
          clips: plan.clips,
          folders: plan.systems,
          clean: preset.clean,
          seconds: flags.seconds ?? preset.seconds,
          files: path.replace(/\.html?$/i, ".files"),
          signal: io.signal,
        },
      )
    : [];
  await writeFileAtomically(path, evaluationPage(outcome, shown, by), { signal: io.signal });
}

function tell(outcome: Outcome, flags: EvaluateFlags, io: Io): void {
  const { reports } = outcome;
  if (!flags.quiet) io.err(notesText(outcome));
  if (flags.json) io.out(outcomeJson(outcome, flags.html));
  else if (flags.csv) io.out(csvOf(reports));
  else if (flags.markdown) io.out(`${markdownTable(reports, { outsideCompetition: [TRUTH] })}\n`);
  else if (flags.latex) io.out(`${latexRows(reports, { outsideCompetition: [TRUTH] })}\n`);
  else {
    const numbers = numbersText(reports, io.outIsTerminal ? io.columns : undefined, painter(io.outIsTerminal, io.env));
    io.out(numbers.trim() === "" ? "No metric has a number; the notes say why.\n" : numbers);
    if (flags.html !== undefined) io.out(`\n${flags.html}\n`);
  }
}

/** Clips and time left. */
function clipLine(progress: Progress): (done: number, of: number) => void {
  const begun = performance.now();
  return (done, of) => {
    const left = durationText(((performance.now() - begun) / 1000 / done) * (of - done));
    progress.say(`${done}/${of} clips  ${left} left`, done / of);
  };
}
