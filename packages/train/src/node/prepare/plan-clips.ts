/** An entry of a source → clips of the wanted length: which stretches of which content. */
import { FoleyError } from "@foley-control/core";
import { sha256 } from "@foley-control/files/node";
import type { ClipRow } from "../../data/clip-row.js";
import type { ClipMedia, SourceEntry, SourceFile } from "./sources.js";

/** A clip that may be prepared. */
export interface PlannedClip {
  /** Row without an outcome yet. */
  readonly row: Omit<ClipRow, "outcome">;
  /** File that it is cut from. */
  readonly file: SourceFile;
}

/** What {@link planClips} needs besides the entry. */
export interface PlanOptions {
  /** Length of every clip. */
  readonly seconds: number;
  /** Most clips of one entry. */
  readonly clipsPerFile: number;
  /** Largest file, bytes. */
  readonly maximumBytes: number;
  /** SHA-256 of a file that an earlier run has read and that has not changed since. */
  readonly knownDigest: (file: SourceFile) => string | undefined;
  /** Stops between two steps. */
  readonly signal?: AbortSignal | undefined;
}

/** Durations are container timestamps; an entry that falls short of a clip by this much still has it, seconds. */
const SLACK = 0.05;

/** Name of a clip within a source. */
export const clipKey = (path: string, start: number): string => `${path}#${Math.round(start * 1000) / 1000}`;

/** The clips of an entry, one after the other without a gap; or the one row that says why there is none. */
export async function planClips(entry: SourceEntry, options: PlanOptions): Promise<readonly PlannedClip[] | ClipRow> {
  const { file, path, start, texts, split } = entry;
  const common = { texts, ...(split !== undefined && { split }) };
  const without = (outcome: "failed" | "missing", reason: string, source: ClipRow["source"]): ClipRow => ({
    key: clipKey(path, start),
    outcome,
    source,
    start,
    seconds: options.seconds,
    ...common,
    reason,
  });
  if (!file) return without("missing", "The list names a file that is not there.", { path });
  const { bytes, modified } = file;
  try {
    if (bytes > options.maximumBytes) {
      throw new FoleyError("bad-file", `The file has ${bytes} bytes; at most ${options.maximumBytes} were allowed.`, {
        hint: "Cut it, or allow larger files.",
      });
    }
    const known = options.knownDigest(file);
    using media = await file.open(options);
    const rest = availableSeconds(media, path) - start;
    const length = Math.min(entry.seconds ?? rest, rest);
    const count = Math.min(Math.floor((length + SLACK) / options.seconds), options.clipsPerFile);
    if (count < 1) {
      throw new FoleyError(
        "bad-file",
        `There are ${Math.max(0, Math.round(length * 1000) / 1000)} s of picture and sound; a clip needs ${options.seconds} s.`,
        { hint: "Prepare shorter clips, or leave it out." },
      );
    }
    const digest = known ?? (await file.sha256(options.signal));
    return Array.from({ length: count }, (_, i) => {
      const begin = Math.round((start + i * options.seconds) * 1e6) / 1e6;
      const events = entry.events
        ?.map((time) => Math.round((time - i * options.seconds) * 1e6) / 1e6)
        .filter((time) => time >= 0 && time < options.seconds);
      const row = {
        key: clipKey(path, begin),
        id: sha256(`${digest}:${begin}:${options.seconds}`).slice(0, 32),
        source: { path, bytes, modified, sha256: digest },
        start: begin,
        seconds: options.seconds,
        ...common,
        ...(events && { events }),
      };
      return { row, file };
    });
  } catch (error) {
    return without("failed", reasonOf(error, file, options.signal), { path, bytes, modified });
  }
}

/** Seconds that have both picture and sound. */
function availableSeconds({ info: { video, audio } }: ClipMedia, path: string): number {
  if (!video) throw new FoleyError("no-video", `"${path}" has no picture.`);
  if (!audio) throw new FoleyError("no-audio", `"${path}" has no sound.`);
  return Math.min(video.duration, audio.duration);
}

/** What stops the whole work rather than one clip. */
const FATAL = new Set([
  "missing-dependency",
  "device-unavailable",
  "not-writable",
  "disposed",
  "bad-weights",
  "invalid-argument",
]);

/**
 * Why one clip cannot be used, as a sentence that names the file as the source does, so that an index tells nothing of this machine.
 *
 * @throws what concerns more than the clip: an abort, missing programs, a full disk
 */
export function reasonOf(error: unknown, { path, location }: SourceFile, signal: AbortSignal | undefined): string {
  signal?.throwIfAborted();
  if (FoleyError.isInstance(error) && FATAL.has(error.code)) throw error;
  const said = error instanceof Error ? error.message : String(error);
  return (location === undefined ? said : said.replaceAll(location, path)).split("\n")[0] as string;
}
