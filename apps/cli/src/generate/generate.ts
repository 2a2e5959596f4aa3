/** `foley generate`: calls, outputs and clips are checked before a model is loaded; files are written whole or not at all. */
import type { EventTrack } from "@foley-control/core";
import { type OriginalSound, writeEvents } from "@foley-control/media/node";
import { checkRequest, createFoley, type NodeTake } from "@foley-control/pipeline/node";
import { type Io, UsageError } from "../io.js";
import { assertAllDone, inTurn } from "../many.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { openFoleyParts } from "../parts/parts.js";
import { printJson, printJsonLine } from "../terminal/print.js";
import { createProgress, type Progress } from "../terminal/progress.js";
import { jsonSeed } from "../values.js";
import { type LookFlags, lookAt } from "./look.js";
import { assertOutputs, makeFolders, type OutputFlags, type Outputs, type Planned, planOutputs } from "./outputs.js";
import { readStandardInput, STREAM } from "./standard-input.js";
import { clipsAndPrompt } from "./words.js";

/** Flags of the command. */
export interface GenerateFlags extends PartsFlags, ComputeFlags, OutputFlags, LookFlags {
  readonly prompt?: string;
  readonly negativePrompt?: string;
  readonly seed?: number | bigint;
  readonly steps?: number;
  readonly guidance?: number;
  readonly videoGuidance?: number;
  readonly videoStrength?: number;
  readonly sampler?: string;
  readonly original: OriginalSound;
  readonly precision: "float32" | "float16" | "int8";
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** A clip that can be given sound, as far as can be told without a model. */
interface Ready extends Planned {
  readonly events: EventTrack | undefined;
}

/** Makes sound for one clip, or for several: with one model, a line for each. */
export async function generate(words: readonly string[], flags: GenerateFlags, io: Io): Promise<void> {
  const { clips, prompt } = clipsAndPrompt(words, flags);
  if (clips.length > 1 && flags.events !== undefined)
    throw new UsageError("--events tells of one clip, and several were given. Run the command once for each.");
  checkRequest({ solver: flags.sampler as never });
  const named = planOutputs(clips, flags, io);
  await makeFolders(flags);
  await using piped = clips.includes(STREAM) ? await readStandardInput(io) : undefined;
  const planned = piped ? named.map((plan) => ({ ...plan, clip: piped.path })) : named;
  const { signal } = io;
  using progress = createProgress(io, flags.quiet === true);
  const prepare = async (plan: Planned): Promise<Ready> => {
    await assertOutputs(plan, flags);
    return { ...plan, events: await lookAt(plan.clip, flags, signal) };
  };
  const isMany = clips.length > 1;
  const many = { json: flags.json === true, verbose: flags.verbose === true, beforeLine: () => progress.end() };
  const nameOf = ({ clip }: Planned): string => clip;
  const looked = isMany
    ? await inTurn(planned, nameOf, prepare, many, io)
    : { results: [await prepare(planned[0] as Planned)], failures: [] };
  if (looked.results.length === 0) return assertAllDone(looked.failures, clips.length, "got no sound");

  const opened = await openFoleyParts(flags, io);
  progress.listen({ type: "load-start", part: "model" });
  await using foley = await createFoley({ ...opened, runtime: { device: flags.device, precision: flags.precision } });
  const isLines = isMany || (flags.takes ?? 1) > 1;
  const work = async ({ clip, takes, events }: Ready, index: number): Promise<void> => {
    for (const [number, outputs] of takes.entries()) {
      progress.piece(index * takes.length + number, looked.results.length * takes.length, isMany ? clip : undefined);
      const take = await foley.generate({
        video: clip,
        events,
        prompt,
        negativePrompt: flags.negativePrompt,
        seed: laterSeed(flags.seed ?? 0, number),
        steps: flags.steps,
        guidanceScale: flags.guidance,
        videoGuidanceScale: flags.videoGuidance,
        videoStrength: flags.videoStrength,
        solver: flags.sampler as never,
        start: flags.start,
        duration: flags.duration,
        onError: flags.tolerant ? "hold" : "throw",
        signal,
        onProgress: progress.listen,
      });
      await save(take, outputs, flags, progress, io);
      progress.end();
      tell(take, clip, outputs, { ...flags, isLines, isMany }, io);
    }
  };
  if (!isMany) return await work(looked.results[0] as Ready, 0);
  const made = await inTurn(looked.results, nameOf, work, many, io);
  assertAllDone([...looked.failures, ...made.failures], clips.length, "got no sound");
}

/** Takes of one clip differ in nothing but their seed. */
function laterSeed(seed: number | bigint, take: number): number | bigint {
  const later = BigInt(seed) + BigInt(take);
  return Number.isSafeInteger(Number(later)) ? Number(later) : later;
}

async function save(take: NodeTake, { video, audio }: Outputs, flags: GenerateFlags, progress: Progress, io: Io) {
  const { signal, pipes } = io;
  if (video !== undefined) await take.saveVideo(video, { originalAudio: flags.original, signal, onProgress: progress.listen });
  if (audio === STREAM) await pipes?.output?.(take.toWav());
  else if (audio !== undefined) await take.saveAudio(audio, { signal });
}

/** Prints what was written; notes and times on stderr. */
function tell(
  take: NodeTake,
  clip: string,
  { video, audio }: Outputs,
  flags: GenerateFlags & { readonly isLines: boolean; readonly isMany: boolean },
  io: Io,
): void {
  const { settings, warnings, milliseconds, parts } = take.diagnostics;
  const of = flags.isMany ? `${clip}: ` : "";
  if (!flags.quiet) for (const warning of warnings) io.err(`Note: ${of}${warning}\n`);
  if (flags.verbose)
    io.err(
      `${of}${Object.entries(milliseconds)
        .map(([part, ms]) => `${part} ${Math.round(ms)} ms`)
        .join(", ")}\n`,
    );
  if (!flags.json) {
    for (const path of [video, audio]) if (path !== undefined && path !== STREAM) io.out(`${path}\n`);
    return;
  }
  const print = flags.isLines ? printJsonLine : printJson;
  print(io, {
    clip,
    video: video ?? null,
    audio: audio ?? null,
    start: take.start,
    duration: take.duration,
    events: (JSON.parse(writeEvents(take.events, "json")) as { readonly events: unknown }).events,
    onsets: take.onsets().times.map((time) => Math.round(time * 1e4) / 1e4),
    settings: { ...settings, seed: jsonSeed(settings.seed) },
    parts,
    milliseconds: Object.fromEntries(Object.entries(milliseconds).map(([part, ms]) => [part, Math.round(ms)])),
    warnings,
  });
}
