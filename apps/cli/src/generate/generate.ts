/** `foley generate`: calls, outputs and clips are checked before a model is loaded; files are written whole or not at all. */
import { checkRequest, type NodeTake, type TakeDiagnostics } from "@foley-control/pipeline/node";
import { type Io, UsageError } from "../io.js";
import { assertAllDone, inTurn } from "../many.js";
import { printJson, printJsonLine } from "../terminal/print.js";
import { createProgress } from "../terminal/progress.js";
import { lookAt, type Told } from "./look.js";
import {
  type KeepFlags,
  laterSeed,
  type MakerFlags,
  makePieces,
  makeTake,
  openMaker,
  saveTake,
  storeOf,
  takeJson,
  type Wanted,
} from "./make.js";
import { assertOutputs, makeFolders, type OutputFlags, type Planned, planOutputs } from "./outputs.js";
import { pipeSound } from "./pipe.js";
import type { Settings } from "./settings.js";
import { readStandardInput, STREAM } from "./standard-input.js";
import { clipsAndPrompt } from "./words.js";

/** Flags of the command. */
export interface GenerateFlags extends MakerFlags, KeepFlags, OutputFlags, Settings {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly takes?: number;
}

/** A clip that can be given sound, as far as can be told without a model. */
type Ready = Planned & Told;

/** Makes sound for one clip, or for several: with one model, a line for each. */
export async function generate(words: readonly string[], flags: GenerateFlags, io: Io): Promise<void> {
  const { clips, prompt } = clipsAndPrompt(words, flags);
  if (clips.length > 1 && flags.events !== undefined)
    throw new UsageError("--events tells of one clip, and several were given. Run the command once for each.");
  if (clips.length > 1 && flags.sound !== undefined)
    throw new UsageError("--sound belongs to one clip, and several were given. Run the command once for each.");
  checkRequest({ solver: flags.sampler as never });
  const named = planOutputs(clips, flags, io);
  await makeFolders(flags);
  await using piped = clips.includes(STREAM) ? await readStandardInput(io) : undefined;
  const planned = piped ? named.map((plan) => ({ ...plan, clip: piped.path })) : named;
  const { signal } = io;
  using progress = createProgress(io, flags.quiet === true);
  const prepare = async (plan: Planned): Promise<Ready> => {
    await assertOutputs(plan, flags);
    return { ...plan, ...(await lookAt(plan.clip, flags, signal)) };
  };
  const isMany = clips.length > 1;
  const many = { json: flags.json === true, verbose: flags.verbose === true, beforeLine: () => progress.end() };
  const nameOf = ({ clip }: Planned): string => clip;
  const looked = isMany
    ? await inTurn(planned, nameOf, prepare, many, io)
    : { results: [await prepare(planned[0] as Planned)], failures: [] };
  if (looked.results.length === 0) return assertAllDone(looked.failures, clips.length, "got no sound");

  await using maker = await openMaker(flags, io, () => progress.listen({ type: "load-start", part: "model" }));
  const keep = storeOf(flags, io);
  const isLines = isMany || (flags.takes ?? 1) > 1;
  const work = async ({ clip, takes, events, known }: Ready, index: number): Promise<void> => {
    for (const [number, outputs] of takes.entries()) {
      progress.piece(index * takes.length + number, looked.results.length * takes.length, isMany ? clip : undefined);
      const seed = laterSeed(flags.seed ?? 0, number);
      const wanted = { clip, prompt, seed, settings: flags, events, known, outputs };
      const options = { signal, onProgress: progress.listen, keep };
      const telling = { ...flags, isMany };
      if (outputs.audio === STREAM && outputs.video === undefined && io.pipes?.output) {
        const { diagnostics } = await pipeSound(makePieces(maker, wanted, options), io.pipes.output);
        progress.end();
        tellNotes(diagnostics, wanted, telling, io);
        continue;
      }
      const take = await makeTake(maker, wanted, options);
      await saveTake(take, wanted, options, io.pipes);
      progress.end();
      tellNotes(take.diagnostics, wanted, telling, io);
      await tellFiles(take, wanted, { ...telling, isLines }, io);
    }
  };
  if (!isMany) return await work(looked.results[0] as Ready, 0);
  const made = await inTurn(looked.results, nameOf, work, many, io);
  assertAllDone([...looked.failures, ...made.failures], clips.length, "got no sound");
}

/** Notes and times, on stderr. */
function tellNotes(
  { warnings, milliseconds, keptWindows, joints }: TakeDiagnostics,
  { clip }: Wanted,
  flags: Pick<GenerateFlags, "quiet" | "verbose"> & { readonly isMany: boolean },
  io: Io,
): void {
  const of = flags.isMany ? `${clip}: ` : "";
  const found = keptWindows > 0 ? [`${keptWindows} of ${joints.length + 1} parts were finished before.`] : [];
  if (!flags.quiet) for (const note of [...found, ...warnings.map(({ message }) => message)]) io.err(`Note: ${of}${note}\n`);
  if (flags.verbose)
    io.err(
      `${of}${Object.entries(milliseconds)
        .map(([part, ms]) => `${part} ${Math.round(ms)} ms`)
        .join(", ")}\n`,
    );
}

/** What was written. */
async function tellFiles(
  take: NodeTake,
  wanted: Wanted,
  { json, isLines }: Pick<GenerateFlags, "json"> & { readonly isLines: boolean },
  io: Io,
): Promise<void> {
  const { video, audio } = wanted.outputs;
  if (json) (isLines ? printJsonLine : printJson)(io, await takeJson(take, wanted));
  else for (const path of [video, audio]) if (path !== undefined && path !== STREAM) io.out(`${path}\n`);
}
