/** Files on disk as sounds and pictures of an evaluation. Nothing is opened before it is needed. */
import { extname } from "node:path";
import { FoleyError, type Picture } from "@foley-control/core";
import { digestFile } from "@foley-control/files/node";
import { openMedia, withChannels } from "@foley-control/media/node";
import type { EvaluatedSound, EvaluatedVideo } from "../evaluate/clips.js";
import { type FramePickOptions, pickedFrames, pickTimes } from "../frontends/frame-picks.js";
import type { Sound } from "../frontends/sound.js";

/** Endings of files that may hold a picture. */
export const VIDEO_ENDINGS: readonly string[] = [".mp4", ".m4v", ".mov", ".webm", ".mkv", ".ts"];
/** Endings of files that hold sound only. */
export const SOUND_ENDINGS: readonly string[] = [".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus"];

/** Name of a clip by which files are paired: that of its file without folder and ending, its accents in one way of writing (Unicode's NFC). */
export function clipName(path: string): string {
  const file = path.replaceAll("\\", "/").split("/").at(-1) as string;
  const ending = extname(file).toLowerCase();
  const isKnown = [...VIDEO_ENDINGS, ...SOUND_ENDINGS, ".txt"].includes(ending);
  return (isKnown ? file.slice(0, -ending.length) : file).normalize("NFC");
}

/** Whether a file may hold a picture, by its ending. */
export const mayHoldPicture = (path: string): boolean => VIDEO_ENDINGS.includes(extname(path).toLowerCase());

/** Which part of a file a clip is. */
interface Stretch {
  /** Where it begins, seconds. Default 0. */
  readonly start?: number | undefined;
  /** How long it is, seconds. Default: to the end. */
  readonly seconds?: number | undefined;
}

/** Digests of files that have been read. */
export type Digests = Map<string, Promise<string>>;

/** A file, or a part of it, as a sound; its picture with it when it may hold one. */
export function soundAt(path: string, digests: Digests, stretch: Stretch = {}): EvaluatedSound {
  return {
    digest: () => digestOf(path, digests, stretch),
    read: () => readSound(path, stretch),
    ...(mayHoldPicture(path) && { video: videoAt(path, digests, stretch) }),
  };
}

/** A file, or a part of it, as a picture. */
export function videoAt(path: string, digests: Digests, stretch: Stretch = {}): EvaluatedVideo {
  return { digest: () => digestOf(path, digests, stretch), frames: (looks, signal) => framesOf(path, looks, stretch, signal) };
}

/** What is there of the stretch: a file that ends early is shorter, not filled up with silence. */
async function readSound(path: string, { start = 0, seconds = Number.POSITIVE_INFINITY }: Stretch): Promise<Sound> {
  using file = await openMedia(path);
  const end = file.info.audio?.duration ?? 0;
  const sound = await file.audio({ start, duration: end - start > seconds ? seconds : undefined });
  // Networks hear the mean of all channels; that of surround sound would be mostly of quiet ones.
  return sound.channels.length > 2 ? withChannels(sound, 2) : sound;
}

/** Seconds that the file is asked earlier: the reader shows a frame from a millionth of a second before its time on. */
const READER_SLACK = 2e-6;

/**
 * The frames that ffmpeg's filter `fps` would hand on. A video that is too short is an error here, where a player would hold its last
 * frame.
 */
async function* framesOf(
  path: string,
  looks: FramePickOptions,
  { start = 0, seconds = Number.POSITIVE_INFINITY }: Stretch,
  signal: AbortSignal | undefined,
): AsyncGenerator<Picture> {
  const { rate } = looks;
  const times = pickTimes(looks);
  using file = await openMedia(path, { signal });
  const { video } = file.info;
  if (!video)
    throw new FoleyError("no-video", `"${path}" has no picture.`, { hint: "Give the videos, or leave this metric out." });
  // The filter begins at the place that the first frame is rounded to; a part of a file begins where the list says.
  const first = start > 0 ? 0 : Math.floor(video.start * rate + 0.5);
  const there = pickedFrames(Math.min(video.duration - start, seconds), rate) - first;
  if (there < times.length)
    throw new FoleyError(
      "invalid-argument",
      `"${path}" has ${Math.max(0, there)} frames at ${rate} per second; ${times.length} are needed for ${looks.seconds} s.`,
      { hint: "Leave the clip out, or evaluate a shorter part of all clips." },
    );
  const { width, height } = video;
  const frames = file.frames({
    fps: rate,
    start: start + first / rate + (times[0] as number) - READER_SLACK,
    duration: times.length / rate,
    size: [height, width],
    signal,
  });
  for await (const { rgb } of frames) yield { rgb, width, height };
}

/** SHA-256 of the file, taken once, and which part of it is meant. */
async function digestOf(path: string, digests: Digests, { start = 0, seconds }: Stretch): Promise<string> {
  let known = digests.get(path);
  if (!known) {
    known = digestFile(path);
    digests.set(path, known);
  }
  const whole = await known;
  return start === 0 && seconds === undefined ? whole : `${whole}@${start}+${seconds ?? ""}`;
}
