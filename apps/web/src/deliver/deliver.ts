/** Taking the result home: written piece by piece, opened again, and compared with what was promised. Loaded when it is used. */
import {
  type MediaFile,
  openMedia,
  type VideoContainer,
  videoPacketDigest,
  wavStream,
  writeFlac,
} from "@foley-control/media/web";
import type { StudioDocument } from "../document/document.js";
import type { TakeStore } from "../storage/projects.js";
import { text, warningWords } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { DeliverFormat } from "./formats.js";
import { type Check, compare, type Promised } from "./promise.js";
import { chosenTakes, type PlacedTake, type Sound, takeParts, takeSource } from "./sound.js";
import type { Target } from "./targets.js";

/** Hz of sound that is saved alone: that of film and television. */
const SAVE_RATE = 48_000;

/** What it takes. */
export interface DeliverRequest {
  readonly document: StudioDocument;
  /** The video; `undefined` will do for sound alone. */
  readonly file: File | undefined;
  readonly takes: Pick<TakeStore, "read">;
  readonly format: DeliverFormat;
  readonly target: Target;
  readonly signal: AbortSignal;
  /** Share of the whole, 0 to 1; never goes back. */
  readonly onProgress: (share: number, phase: "write" | "check") => void;
}

/** What came of it. */
export interface Delivered {
  readonly bytes: number;
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
}

/** Writes, checks, and hands over. What fails or is stopped leaves nothing behind. */
export async function deliver(request: DeliverRequest): Promise<Delivered> {
  const { document, target, signal } = request;
  let last = 0;
  const onProgress: DeliverRequest["onProgress"] = (share, phase) => {
    last = Math.max(last, Math.min(1, share));
    request.onProgress(last, phase);
  };
  try {
    const [placed] = chosenTakes(document);
    if (placed === undefined) throw new ToldError("no-audio", text("deliver.noTake"), { hint: text("deliver.noTakeHint") });
    const { format } = request;
    const written =
      format === "wav" || format === "flac"
        ? await writeSound(placed, { ...request, onProgress, format })
        : await writeVideo(placed, { ...request, onProgress, format });
    signal.throwIfAborted();
    const file = await target.file();
    const checks = await reopened(file, written.promised, signal, (share) => onProgress(0.8 + 0.2 * share, "check"));
    await target.give();
    onProgress(1, "check");
    return { bytes: file.size, checks, warnings: written.warnings };
  } catch (error) {
    await target.discard();
    throw error;
  }
}

interface Written {
  readonly promised: Promised;
  readonly warnings: readonly string[];
}

async function writeVideo(placed: PlacedTake, request: DeliverRequest & { readonly format: VideoContainer }): Promise<Written> {
  const { document, file, takes, format, target, signal, onProgress } = request;
  if (file === undefined) throw new ToldError("no-video", text("deliver.noVideo"), { hint: text("deliver.noVideoHint") });
  const warnings: string[] = [];
  const media = await openMedia(file, { signal });
  try {
    const { video, audio } = media.info;
    if (video === undefined) throw new ToldError("no-video", text("deliver.noVideo"), { hint: text("deliver.noVideoHint") });
    const { original } = document;
    await media.writeWithAudio(target.stream, takeSource(takes, placed), {
      container: format,
      original: original.use,
      originalGain: 10 ** (original.gainDb / 20),
      at: placed.start,
      signal,
      onProgress: (event) => {
        if (event.type === "warning") warnings.push(warningWords(event.warning));
        if (event.type === "write-progress" && event.total) onProgress((0.6 * event.done) / event.total, "write");
      },
    });
    const packets = await digest(media, signal);
    onProgress(0.8, "check");
    const { duration, width, height } = video;
    const sound = original.use === "mix" ? Math.max(duration, audio?.duration ?? 0) : duration;
    return { warnings, promised: { container: format, picture: { duration, width, height, packets }, sound } };
  } finally {
    media.dispose();
  }
}

async function writeSound(placed: PlacedTake, request: DeliverRequest & { readonly format: "wav" | "flac" }): Promise<Written> {
  const { document, takes, format, target, signal, onProgress } = request;
  const { take, start } = placed;
  const seconds = Math.max(document.source?.duration ?? 0, start + take.samples / take.sampleRate);
  const length = Math.round(seconds * SAVE_RATE);
  const all = Math.round(start * take.sampleRate) + take.samples;
  const parts = async function* (): AsyncGenerator<Sound> {
    let done = 0;
    for await (const part of takeParts(takes, placed)) {
      signal.throwIfAborted();
      yield part;
      done += part.channels[0]?.length ?? 0;
      onProgress((0.8 * done) / all, "write");
    }
  };
  const options = { totalSeconds: seconds, sampleRate: SAVE_RATE };
  if (format === "flac") await writeFlac(target.stream, parts(), { ...options, signal });
  else await writeAll(target.stream, wavStream(parts(), { ...options, bits: 24 }));
  return { warnings: [], promised: { container: format, picture: undefined, sound: length / SAVE_RATE } };
}

async function writeAll(stream: Target["stream"], parts: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<void> {
  const writer = stream.getWriter();
  try {
    for await (const part of parts) await writer.write(part);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

/** Opens what was written, and compares. */
async function reopened(
  file: File,
  promised: Promised,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<readonly Check[]> {
  const media = await openMedia(file, { signal });
  try {
    const packets = promised.picture && (await digest(media, signal));
    onShare(1);
    return compare(promised, { info: media.info, packets });
  } finally {
    media.dispose();
  }
}

const digest = (media: MediaFile, signal: AbortSignal) => videoPacketDigest(media, { signal });
