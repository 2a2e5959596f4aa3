/** The worker of one clip: reads the file in parts and decodes, so that the page never waits for either. */
import { FoleyError } from "@foley-control/core";
import {
  openMedia,
  type PageMediaFile,
  type PictureReader,
  resamplePcm,
  type ShownPicture,
  withChannels,
} from "@foley-control/media/web";
import { loudness } from "@foley-control/signal";
import { type Answer, Moved, serveAnswers, type WorkerPort } from "./calls.js";
import type { ClipInfo, Refused } from "./clip.js";
import { MOTION_PER_SECOND, motionCurve, type PictureSize } from "./motion.js";
import { createPeakBuilder } from "./peaks.js";

/** Seconds of sound that are decoded at once for peaks. */
const PEAK_PART = 10;
/** Seconds read around a part that is resampled, so that parts join without a seam. */
const SEAM = 0.02;

/** Seconds whose loudness stands for the whole. */
const LOUDNESS_SECONDS = 60;
/** Loudness of silence, as documents keep it, LUFS. */
const SILENT = -200;

let media: PageMediaFile | undefined;
let player: PictureReader | undefined;
let name = "The clip";
let canvas: OffscreenCanvas | undefined;

const opened = (): PageMediaFile => {
  if (media === undefined) throw new FoleyError("disposed", "The clip was closed.", { hint: "Open it again." });
  return media;
};

/** A file that was changed or moved while it was open cannot be read any more; the browser says so with an error of its own. */
function asSentence(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.name === "NotReadableError" || cause.name === "NotFoundError")
      return new FoleyError("bad-file", `${name} was changed, moved or removed while it was open.`, {
        hint: "Open it again.",
        cause: error,
      });
  return error;
}

const careful =
  (answer: Answer): Answer =>
  (given, asked) =>
    answer(given, asked).catch((error: unknown) => {
      throw asSentence(error);
    });

function drawn(picture: ShownPicture, width: number, height: number): ImageBitmap {
  if (canvas === undefined || canvas.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false }) as OffscreenCanvasRenderingContext2D;
  picture.draw(context, width, height);
  return canvas.transferToImageBitmap();
}

/** Opens the pictures and decodes the first: what a browser says of a codec is no promise. */
async function firstPicture(file: PageMediaFile): Promise<PictureReader | Refused> {
  const undecodable = file.info.video?.codec ?? "unknown";
  try {
    const reader = file.pictures();
    if (await reader.at(0)) return reader;
  } catch (error) {
    if (asSentence(error) !== error) throw error;
    if (FoleyError.isInstance(error) && error.code !== "unsupported") throw error;
    // Its hint is not for a page, which has no other decoder.
    if (FoleyError.isInstance(error)) return { undecodable, sentence: error.message.replace(` ${error.hint}`, "") };
  }
  return { undecodable, sentence: `The picture of ${name} ("${undecodable}") does not decode in this browser.` };
}

async function open({ file }: { readonly file: File }): Promise<ClipInfo | Refused> {
  name = `"${file.name}"`;
  // This is a worker already.
  media = await openMedia(file, { onError: "hold", isolation: "none" });
  const { video, audio, warnings } = media.info;
  const first = await firstPicture(media);
  if ("undecodable" in first) return first;
  if (video === undefined) return { undecodable: undefined };
  player = first;
  const sound = audio && {
    codec: audio.codec,
    sampleRate: audio.sampleRate,
    channels: audio.channels,
    duration: audio.duration,
  };
  return {
    duration: video.duration,
    frameRate: video.fps ?? 25,
    variableRate: video.variableFrameRate,
    width: video.width,
    height: video.height,
    videoCodec: video.codec,
    sound: audio?.canDecode ? sound : undefined,
    warnings: [...warnings, ...(audio && !audio.canDecode ? [{ code: "sound" as const, codec: audio.codec }] : [])],
  };
}

/** What was asked for last and not begun; who asks again answers the one before with nothing. */
let waiting:
  | { readonly seconds: number; readonly width: number; resolve(value: Moved<ImageBitmap> | undefined): void }
  | undefined;
let decoding = false;

function frameAt({
  seconds,
  width,
}: {
  readonly seconds: number;
  readonly width: number;
}): Promise<Moved<ImageBitmap> | undefined> {
  waiting?.resolve(undefined);
  return new Promise((resolve, reject) => {
    waiting = { seconds, width, resolve };
    if (!decoding) void nextFrame(reject);
  });
}

async function nextFrame(reject: (error: unknown) => void): Promise<void> {
  decoding = true;
  try {
    while (waiting) {
      const { seconds, width, resolve } = waiting;
      waiting = undefined;
      try {
        const picture = await player?.at(seconds);
        const size = opened().info.video ?? { width: 16, height: 9 };
        const wide = Math.max(2, Math.round(Math.min(width, size.width)));
        const bitmap = picture && drawn(picture, wide, Math.max(2, Math.round((wide * size.height) / size.width)));
        resolve(bitmap && new Moved(bitmap, [bitmap]));
      } catch (error) {
        // A damaged picture is no reason to stop playing: the one before stays.
        if (asSentence(error) !== error || media === undefined) reject(error);
        resolve(undefined);
      }
    }
  } finally {
    decoding = false;
  }
}

const filmstrip: Answer = async (
  { times, height, within }: { readonly times: readonly number[]; readonly height: number; readonly within: number },
  { signal, tell },
) => {
  const file = opened();
  const size = file.info.video ?? { width: 16, height: 9 };
  const width = Math.max(2, Math.round((height * size.width) / size.height));
  const reader = file.pictures();
  try {
    let index = 0;
    for await (const picture of reader.near(times, { within, signal })) {
      if (picture) {
        const bitmap = drawn(picture, width, height);
        tell({ index, picture: bitmap }, [bitmap]);
      }
      index++;
    }
  } finally {
    await reader.close();
  }
};

/** Sound between two times, silent beyond its ends, one or two channels. */
async function sound(start: number, end: number, sampleRate: number, signal: AbortSignal): Promise<Float32Array[]> {
  const file = opened();
  const { audio } = file.info;
  const length = Math.max(0, Math.round((end - start) * sampleRate));
  const channels = Math.min(2, audio?.channels ?? 1);
  const seam = audio && audio.sampleRate !== sampleRate ? SEAM : 0;
  const from = Math.max(0, start - seam);
  if (!audio?.canDecode || length === 0 || from >= audio.duration)
    return Array.from({ length: channels }, () => new Float32Array(length));
  const read = await file.audio({ start: from, duration: end + seam - from, onError: "hold", signal });
  const pcm = resamplePcm(withChannels(read, channels), sampleRate);
  const skip = Math.round((start - from) * sampleRate);
  return pcm.channels.map((channel) => {
    const part = new Float32Array(length);
    part.set(channel.subarray(skip, skip + length));
    return part;
  });
}

const peaks: Answer = async (_given: undefined, { signal, tell }) => {
  const { audio } = opened().info;
  if (!audio?.canDecode) return;
  const builder = createPeakBuilder(audio.sampleRate, audio.duration);
  const sent = builder.peaks.levels.map(() => 0);
  const send = (): void => {
    const parts = builder.peaks.levels.map(({ samplesPerPeak, values }, level) => {
      const first = sent[level] as number;
      const until = Math.min(values.length, 2 * Math.ceil((builder.peaks.ready * audio.sampleRate) / samplesPerPeak));
      // The last one may still grow and is sent again.
      sent[level] = Math.max(first, until - 2);
      return { first, values: values.slice(first, until) };
    });
    tell({ ready: builder.peaks.ready, parts });
  };
  tell({
    sampleRate: audio.sampleRate,
    levels: builder.peaks.levels.map(({ samplesPerPeak, values }) => ({ samplesPerPeak, length: values.length })),
  });
  for (let at = 0; at < audio.duration; at += PEAK_PART) {
    signal.throwIfAborted();
    builder.add(await sound(at, Math.min(at + PEAK_PART, audio.duration), audio.sampleRate, signal));
    send();
  }
  builder.end();
  send();
};

const motion: Answer = async (_given: undefined, { signal, tell }) => {
  const file = opened();
  const reader = file.pictures();
  const sizes: PictureSize[] = [];
  for await (const size of reader.packets({ signal })) sizes.push(size);
  await reader.close();
  tell({ values: motionCurve(sizes, file.info.video?.duration ?? 0), perSecond: MOTION_PER_SECOND });
};

const answers: Readonly<Record<string, Answer>> = {
  ping: () => Promise.resolve(),
  open,
  frameAt,
  filmstrip,
  sound: async (
    { start, end, sampleRate }: { readonly start: number; readonly end: number; readonly sampleRate: number },
    { signal },
  ) => {
    const channels = await sound(start, end, sampleRate, signal);
    return new Moved(
      channels,
      channels.map(({ buffer }) => buffer as ArrayBuffer),
    );
  },
  peaks,
  motion,
  loudness: async (_given: undefined, { signal }) => {
    const { audio } = opened().info;
    if (!audio?.canDecode) return SILENT;
    const channels = await sound(0, Math.min(audio.duration, LOUDNESS_SECONDS), audio.sampleRate, signal);
    return Math.max(SILENT, loudness(channels, audio.sampleRate).integrated);
  },
};

serveAnswers(
  self as unknown as WorkerPort,
  Object.fromEntries(Object.entries(answers).map(([key, answer]) => [key, careful(answer)])),
);
