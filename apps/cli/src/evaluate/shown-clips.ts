/** The clips that a report shows: the worst and the best of each system, with copies of their files beside the report. */
import { constants, copyFile, mkdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { openMedia } from "@foley-control/media/node";
import {
  type BenchmarkClip,
  type ClipFiles,
  clipFiles,
  type EvaluationReport,
  type MetricResult,
  pairNames,
  plainMono,
} from "@foley-control/metrics/node";
import { detectOnsets, envelope } from "@foley-control/signal";

/** Worst, and best, clips of each system. */
export const SHOWN_CLIPS = 3;
/** Larger files are not copied, bytes. */
const MAXIMUM_COPY_BYTES = 100e6;
/** Hz at which onsets are looked for, as in the evaluation. */
const RATE = 24_000;
/** Seconds between two values of a loudness. */
const HOP_SECONDS = 0.01;

/** When one side of a clip sounds, and where to hear it. */
export interface ShownSide {
  /** Of the side: the system, or that it is true. */
  readonly title: string;
  /** Times of its onsets, seconds. */
  readonly onsets: readonly number[];
  /** Its loudness over time. */
  readonly loudness: Float32Array;
  /** Its length, seconds. */
  readonly seconds: number;
  /** Copy of the file, relative to the report; `undefined` when it was too large. */
  readonly media: { readonly kind: "audio" | "video"; readonly source: string } | undefined;
}

/** One clip of a report. */
export interface ShownClip {
  readonly name: string;
  readonly caption: string | undefined;
  /** Number of the metric that it was chosen by. */
  readonly value: number;
  /** The true side, if there is one, then the generated one. */
  readonly sides: readonly ShownSide[];
}

/** What a report shows of one system. */
export interface ShownSystem {
  readonly system: string;
  readonly worst: readonly ShownClip[];
  readonly best: readonly ShownClip[];
}

/** Metrics in the order in which clips are chosen by them. */
const CHOICE = ["desync", "onset-f1-50ms", "onset-f1-100ms", "ib-score", "clap-laion", "clap-ms", "kl-passt", "kl-panns"];

/**
 * The metric that clips are chosen by.
 *
 * @param asked - what a person said, if anything
 * @returns `undefined` when no metric has numbers of clips
 * @throws FoleyError `invalid-argument` for a metric without numbers of clips
 */
export function choosingMetric(reports: readonly EvaluationReport[], asked: string | undefined): MetricResult | undefined {
  const found = new Map<string, MetricResult>();
  for (const { results } of reports)
    for (const result of results)
      if (!found.has(result.id) && Object.keys(result.perClip).length > 0) found.set(result.id, result);
  if (asked === undefined) return CHOICE.map((id) => found.get(id)).find((one) => one) ?? [...found.values()][0];
  const result = found.get(asked);
  if (!result)
    throw new FoleyError("invalid-argument", `Clips cannot be chosen by "${asked}".`, {
      hint: found.size === 0 ? "No metric has numbers of clips here." : `Choose of ${[...found.keys()].join(", ")}.`,
    });
  return result;
}

/** What is needed to find and copy the files. */
export interface ShowOptions {
  /** The true clips. */
  readonly clips: readonly BenchmarkClip[];
  /** Folders of the systems. */
  readonly folders: Readonly<Record<string, string>>;
  /** How the preset cleans names. */
  readonly clean: ((name: string) => string) | undefined;
  /** First seconds that were evaluated. */
  readonly seconds: number | undefined;
  /** Folder for the copies; what is there under other names stays. */
  readonly files: string;
  readonly signal: AbortSignal;
}

/** Chooses the clips, copies their files and looks at their onsets. */
export async function showClips(
  reports: readonly EvaluationReport[],
  by: MetricResult,
  options: ShowOptions,
): Promise<readonly ShownSystem[]> {
  await mkdir(options.files, { recursive: true });
  const truth = new Map(options.clips.map((clip) => [clip.id, clip]));
  const shown: ShownSystem[] = [];
  const trueSides = new Map<string, ShownSide>();
  for (const [number, { system, results }] of reports.entries()) {
    const files = await clipFiles(options.folders[system] as string);
    const { pairs } = pairNames([...truth.keys()], [...files.keys()], options.clean);
    const fileOf = new Map(pairs.map(({ name, generated }) => [name, files.get(generated)]));
    const ranked = Object.entries(results.find(({ id }) => id === by.id)?.perClip ?? {}).sort(([a, x], [b, y]) =>
      x === y ? (a < b ? -1 : 1) : by.direction === "higher" ? x - y : y - x,
    );
    const half = Math.min(SHOWN_CLIPS, Math.ceil(ranked.length / 2));
    const show = async ([name, value]: readonly [string, number], place: string): Promise<ShownClip> => {
      options.signal.throwIfAborted();
      const clip = truth.get(name);
      const own = fileOf.get(name) ?? files.get(name);
      const sides: ShownSide[] = [];
      if (clip?.audio !== undefined) {
        let side = trueSides.get(name);
        if (!side) {
          const heard = { sound: clip.audio, video: clip.video };
          side = await sideOf("true", heard, clip, `true-${trueSides.size + 1}`, options);
          // Events that people marked, or that a scene was made of, go before what is heard.
          if (clip.onsets) side = { ...side, onsets: clip.onsets };
          trueSides.set(name, side);
        }
        sides.push(side);
      }
      if (own) {
        // The true picture lets a sound be watched, where it is not a part of a longer one.
        const video = own.video ?? (clip?.start === 0 ? clip.video : undefined);
        sides.push(await sideOf(system, { sound: own.sound, video }, { start: 0 }, `${number + 1}-${place}`, options));
      }
      return { name, caption: clip?.caption, value, sides };
    };
    const list = async (entries: readonly (readonly [string, number])[], word: string): Promise<ShownClip[]> => {
      const clips: ShownClip[] = [];
      for (const [place, entry] of entries.entries()) clips.push(await show(entry, `${word}-${place + 1}`));
      return clips;
    };
    shown.push({
      system,
      worst: await list(ranked.slice(0, half), "worst"),
      best: await list(ranked.slice(Math.max(half, ranked.length - half)).reverse(), "best"),
    });
  }
  return shown;
}

/** @param part - where in its files the clip lies */
async function sideOf(
  title: string,
  files: ClipFiles,
  part: Pick<BenchmarkClip, "start" | "seconds">,
  name: string,
  options: ShowOptions,
): Promise<ShownSide> {
  const length = Math.min(options.seconds ?? Number.POSITIVE_INFINITY, part.seconds ?? Number.POSITIVE_INFINITY);
  const sound = await readSound(files.sound, part.start, length);
  const seconds = (sound.channels[0]?.length ?? 0) / sound.sampleRate;
  const mono = plainMono(sound, seconds, RATE);
  return {
    title,
    seconds,
    onsets: [...detectOnsets(mono, RATE).times],
    loudness: Float32Array.from(envelope(mono, RATE, HOP_SECONDS)),
    media: part.start > 0 ? undefined : await copied(files, name, options),
  };
}

async function readSound(path: string, start: number, length: number) {
  using file = await openMedia(path);
  const there = (file.info.audio?.duration ?? 0) - start;
  return await file.audio({ start, ...(length < there && { duration: length }) });
}

/** A copy that a browser plays: the file, or the picture with the sound that lies beside it. */
async function copied({ sound, video }: ClipFiles, name: string, { files, signal }: ShowOptions): Promise<ShownSide["media"]> {
  const folder = encodeURIComponent(basename(files));
  const copy = async (from: string, kind: "audio" | "video"): Promise<ShownSide["media"]> => {
    if ((await stat(from)).size > MAXIMUM_COPY_BYTES) return undefined;
    const to = `${name}${extname(from).toLowerCase()}`;
    await copyFile(from, join(files, to), constants.COPYFILE_FICLONE);
    return { kind, source: `${folder}/${encodeURIComponent(to)}` };
  };
  if (sound === video) return copy(sound, "video");
  if (video !== undefined && (await stat(video)).size <= MAXIMUM_COPY_BYTES) {
    const to = `${name}.mp4`;
    try {
      using picture = await openMedia(video, { signal });
      if (picture.info.video) {
        await picture.saveWithAudio(join(files, to), await readSound(sound, 0, picture.info.video.duration), { signal });
        return { kind: "video", source: `${folder}/${encodeURIComponent(to)}` };
      }
    } catch (error) {
      // A picture that no mp4 takes: the sound can be heard all the same.
      if (!FoleyError.isInstance(error)) throw error;
    }
  }
  return copy(sound, "audio");
}
