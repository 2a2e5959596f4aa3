/** One sound, from what a command was told to the files: the same for a clip, for several, and for every row of a batch. */
import type { EventTrack, ProgressListener } from "@foley-control/core";
import { writeEvents } from "@foley-control/media/node";
import {
  createFoley,
  folderStore,
  type KnownSound,
  keptFolder,
  type NodeTake,
  type WindowStore,
} from "@foley-control/pipeline/node";
import type { Io } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { openFoleyParts } from "../parts/parts.js";
import { jsonSeed } from "../values.js";
import type { Outputs } from "./outputs.js";
import type { Settings } from "./settings.js";
import { STREAM } from "./standard-input.js";

/** What makes the sounds of a command. */
export type Maker = Awaited<ReturnType<typeof createFoley>>;

/** Flags that say what makes them. */
export interface MakerFlags extends PartsFlags, ComputeFlags {
  readonly precision: "float32" | "float16" | "int8";
}

/** Opens it; nothing but headers is read. Whoever is told hears that what is not here has been fetched. The caller disposes of it. */
export async function openMaker(flags: MakerFlags, io: Io, onFetched?: () => void): Promise<Maker> {
  const opened = await openFoleyParts(flags, io);
  onFetched?.();
  return createFoley({ ...opened, runtime: { device: flags.device, precision: flags.precision } });
}

/** A sound that is to be made. */
export interface Wanted {
  readonly clip: string;
  readonly prompt: string | undefined;
  /** Seed of this very take. */
  readonly seed: number | bigint;
  /** Everything else, but for how many takes there are. */
  readonly settings: Settings;
  /** What the file of events says, if there is one. */
  readonly events: EventTrack | undefined;
  /** What is there already, if anything is. */
  readonly known?: KnownSound | undefined;
  readonly outputs: Outputs;
}

/** What hears of the work, and stops it. */
export interface MakeOptions {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** Where finished parts of long sounds are kept. */
  readonly keep?: WindowStore | undefined;
}

/** A flag that says whether finished parts of long sounds are kept. */
export interface KeepFlags {
  /** Default true. */
  readonly keep?: boolean;
}

/** Where they are kept. */
export const storeOf = ({ keep = true }: KeepFlags, { env }: Pick<Io, "env">): WindowStore | undefined =>
  keep ? folderStore({ folder: keptFolder(env) }) : undefined;

/** Makes it. */
export const makeTake = (maker: Maker, wanted: Wanted, options: MakeOptions): Promise<NodeTake> =>
  maker.generate(request(wanted, options));

/** Makes it piece by piece. */
export const makePieces = (maker: Maker, wanted: Wanted, options: MakeOptions): ReturnType<Maker["stream"]> =>
  maker.stream(request(wanted, options));

/** What the pipeline is asked. */
function request(wanted: Wanted, { signal, onProgress, keep }: MakeOptions): Parameters<Maker["generate"]>[0] {
  const { clip, prompt, seed, settings, events, known } = wanted;
  return {
    video: clip,
    events,
    known,
    prompt,
    negativePrompt: settings.negativePrompt,
    seed,
    steps: settings.steps,
    guidanceScale: settings.guidance,
    videoGuidanceScale: settings.videoGuidance,
    videoStrength: settings.videoStrength,
    solver: settings.sampler as never,
    start: settings.start,
    duration: settings.duration,
    onError: settings.tolerant ? "hold" : "throw",
    keep,
    signal,
    onProgress,
  };
}

/** Writes the files of a take, or the sound to the standard output. */
export async function saveTake(
  take: NodeTake,
  { outputs: { video, audio }, settings }: Wanted,
  { signal, onProgress }: MakeOptions,
  pipes?: Io["pipes"],
): Promise<void> {
  if (video !== undefined) await take.saveVideo(video, { originalAudio: settings.original, signal, onProgress });
  if (audio === STREAM) await pipes?.output?.(take.toWav());
  else if (audio !== undefined) await take.saveAudio(audio, { signal });
}

/** What programs are told of a take. */
export async function takeJson(take: NodeTake, { clip, outputs: { video, audio } }: Wanted): Promise<object> {
  const { settings, warnings, milliseconds, parts } = take.diagnostics;
  return {
    clip,
    video: video ?? null,
    audio: audio ?? null,
    start: take.start,
    duration: take.duration,
    events: (JSON.parse(writeEvents(take.events, "json")) as { readonly events: unknown }).events,
    onsets: (await take.onsets()).times.map((time) => Math.round(time * 1e4) / 1e4),
    settings: { ...settings, seed: jsonSeed(settings.seed) },
    parts,
    milliseconds: Object.fromEntries(Object.entries(milliseconds).map(([part, ms]) => [part, Math.round(ms)])),
    warnings: warnings.map(({ message }) => message),
  };
}

/** Takes of one clip differ in nothing but their seed. */
export function laterSeed(seed: number | bigint, take: number): number | bigint {
  const later = BigInt(seed) + BigInt(take);
  return Number.isSafeInteger(Number(later)) ? Number(later) : later;
}
