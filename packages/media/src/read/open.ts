/** Opens a container, inspects it, and joins decoding and muxing into a {@link MediaFile}. */
import { assertKind, FoleyError } from "@foley-control/core";
import {
  ADTS,
  FLAC,
  Input,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  type Source,
  type StreamTargetChunk,
  WAVE,
  WEBM,
} from "mediabunny";
import type { Pcm } from "../audio/pcm.js";
import type { Sound } from "../audio/pcm-source.js";
import { type Block, collected, type SoundStream } from "../audio/sound-stream.js";
import { quiet } from "../quiet.js";
import type { MuxTarget } from "../write/targets.js";
import type { DecodeBackend } from "./backend.js";
import { type ReadBytes, readIndex } from "./boxes.js";
import { countsImpossibleSamples } from "./check-index.js";
import { frameCount, frameTime, resolveSpan, round } from "./frame-times.js";
import { type Inspection, inspect } from "./inspect.js";
import { damaged, noAudio, noVideo, type SourceName, unreadable } from "./problems.js";
import { takenPictures } from "./taken-pictures.js";
import { packetsWithin } from "./track-window.js";
import {
  type AudioOptions,
  DEFAULT_FRAME_SIZE,
  DEFAULT_FRAMES_PER_SECOND,
  type Frame,
  type FramesOptions,
  type MediaFile,
  type MediaInfo,
  type OpenOptions,
  type ReplaceAudioOptions,
} from "./types.js";

/** Every container that is read; playlists are not, since they could name files elsewhere. */
export const READABLE_FORMATS = [MP4, QTFF, MATROSKA, WEBM, MPEG_TS, WAVE, FLAC, MP3, OGG, ADTS];

/** Muxers and what encodes for them. */
export type Writers = typeof import("../write/writers.js");

/** A {@link MediaFile} that can also write piece by piece. */
export interface OpenedFile extends MediaFile {
  /** As messages call it. */
  readonly name: SourceName;
  /** Its tracks. */
  readonly inspection: Inspection;
  /** Whether the picture is too large to wait in memory while it is written. */
  isLarge(): Promise<boolean>;
  /** Its sound, decoded while it is read. */
  sound(options?: AudioOptions): Promise<SoundStream>;
  /** Into a stream of pieces with their positions, which ascend only when `inOrder` says so. */
  writeAudio(pcm: Sound, pieces: Pieces, options?: ReplaceAudioOptions, inOrder?: boolean): Promise<void>;
}

type Pieces = WritableStream<StreamTargetChunk>;

/** How {@link openSource} gets at data and decoders. */
export interface OpenSource {
  readonly source: Source;
  readonly name: SourceName;
  /** Reads the raw bytes, and how many there are. */
  readonly read: ReadBytes;
  readonly size: number;
  /** Chooses the decoder once the file is known. */
  readonly backend: (inspection: Inspection) => DecodeBackend | Promise<DecodeBackend>;
  /** Loads what writes, when something is written: whether it comes along is the caller's choice, since bundlers follow every import. */
  readonly writers: () => Promise<Writers>;
}

/** Opens one source. */
export async function openSource(
  { source, name, read, size, backend, writers }: OpenSource,
  options: OpenOptions,
): Promise<OpenedFile> {
  quiet();
  options.signal?.throwIfAborted();
  const index = await readIndex(read, size);
  if (index && countsImpossibleSamples(index, size)) throw damaged(name, undefined, undefined);
  const input = new Input({ source, formats: READABLE_FORMATS });
  try {
    const inspection = await inspect(input, name, options.onError ?? "throw", { read, size, index });
    options.signal?.throwIfAborted();
    return mediaFile({ input, inspection, name, backend: await backend(inspection), writers }, options);
  } catch (error) {
    input.dispose();
    throw error;
  }
}

interface OpenParts extends Pick<OpenSource, "name" | "writers"> {
  readonly input: Input;
  readonly inspection: Inspection;
  readonly backend: DecodeBackend;
}

function mediaFile({ input, inspection, name, backend, writers }: OpenParts, defaults: OpenOptions): OpenedFile {
  const info = withDecoder(inspection.info, backend);
  let disposed = false;
  const checkOpen = (): void => {
    if (disposed) throw new FoleyError("disposed", `${name} was closed.`, { hint: "Open it again." });
  };
  const sound = async (options: AudioOptions = {}): Promise<SoundStream> => {
    checkOpen();
    if (!info.audio) throw noAudio(name);
    const span = resolveSpan(options, info.audio.duration, "sound");
    const { duration: total } = span;
    const onTime = (done: number): void =>
      options.onProgress?.({ type: "read-progress", part: "audio", done: Math.max(0, Math.min(done, total)), total });
    const onError = options.onError ?? defaults.onError ?? "throw";
    const onLost = (from: number): void => {
      const message = `The sound of ${name} cannot be decoded from ${round(from)} s on, and is silent there.`;
      const values = { seconds: round(from) };
      options.onProgress?.({ type: "warning", warning: { code: "sound-lost", message, values } });
    };
    const stream = await backend.sound({ ...span, onError, signal: options.signal, onTime, onLost });
    const blocks = async function* (): AsyncGenerator<Block> {
      yield* stream.blocks;
      onTime(total);
    };
    return { ...stream, blocks: blocks() };
  };
  const audio = async (options: AudioOptions = {}): Promise<Pcm> => collected(await sound(options));
  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    input.dispose();
  };
  const write = async (
    target: (writers: Writers) => MuxTarget,
    pcm: Sound,
    options: ReplaceAudioOptions,
    inOrder: boolean,
  ): Promise<void> => {
    checkOpen();
    const original = (): Promise<SoundStream> => sound({ signal: options.signal });
    const loaded = await writers();
    await loaded.writeWithNewSound(inspection, pcm, target(loaded), options, { name, original, inOrder });
  };
  const writeAudio: OpenedFile["writeAudio"] = (pcm, pieces, options = {}, inOrder = false) =>
    write(({ piecesTarget }) => piecesTarget(pieces), pcm, options, inOrder);
  const replaceAudio: MediaFile["replaceAudio"] = async (pcm, options = {}) => {
    let bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array();
    const target = (loaded: Writers): MuxTarget => {
      const memory = loaded.memoryTarget();
      bytes = memory.written;
      return memory;
    };
    await write(target, pcm, options, false);
    return bytes();
  };
  return {
    info,
    name,
    inspection,
    audio,
    sound,
    isLarge: async () => (await writers()).isLarge(inspection),
    writeAudio,
    async *frames(options: FramesOptions = {}): AsyncGenerator<Frame, void, undefined> {
      checkOpen();
      assertKind("options", options, "object", "Pass { fps: 16, size: [256, 256] }, or leave it out.");
      if (!info.video && inspection.unread) throw unreadable(name, inspection.unread);
      if (!info.video)
        throw noVideo(name, info.warnings.some((warning) => warning.code === "no-frames") ? "holds no frames" : "has sound only");
      const { fps = DEFAULT_FRAMES_PER_SECOND, size = DEFAULT_FRAME_SIZE, fit = "fill", takes } = options;
      assertKind("size", size, "list", "Pass size: [height, width].");
      if (!size.every((pixels) => Number.isInteger(pixels) && pixels >= 1 && pixels <= 8192)) {
        const what = `size is [${size.join(", ")}]; [height, width] in whole pixels from 1 to 8192 was expected.`;
        throw new FoleyError("invalid-argument", what, { hint: "Leave it out for the default." });
      }
      const { start, duration } = resolveSpan({ ...options, fps }, info.video.duration, "picture");
      const total = frameCount(duration, fps);
      const { video } = inspection;
      const taken =
        takes === "next" && video
          ? await takenPictures(video, inspection.windowOf(video), { origin: info.origin, start, fps, count: total })
          : [];
      const onError = options.onError ?? defaults.onError ?? "throw";
      let index = 0;
      let before: Uint8Array | undefined;
      const held: number[] = [];
      const onHeld = (time: number): unknown => held.push(time);
      for await (const rgb of backend.pictures({
        count: total,
        start,
        fps,
        ...(taken.length > 0 && { taken }),
        size,
        fit,
        onError,
        signal: options.signal,
        onHeld,
      })) {
        options.signal?.throwIfAborted();
        yield { index, time: frameTime({ start, fps }, index), repeated: rgb === before, rgb };
        before = rgb;
        index++;
        options.onProgress?.({ type: "read-progress", part: "frames", done: index, total });
      }
      if (held.length > 0) {
        const values = { count: held.length, total, seconds: round(held[0] as number) };
        const message = `${held.length} of ${total} frames of ${name} cannot be decoded, the first at ${values.seconds} s; a neighbour is shown in their place.`;
        options.onProgress?.({ type: "warning", warning: { code: "frames-held", message, values } });
      }
    },
    replaceAudio,
    async writeWithAudio(stream, pcm, options = {}) {
      const { isLarge, writeToStream } = await writers();
      await writeToStream(stream, {
        whole: (await isLarge(inspection)) ? undefined : () => replaceAudio(pcm, options),
        pieces: (pieces, { inOrder }) => writeAudio(pcm, pieces, options, inOrder),
      });
    },
    async *videoPackets(options = {}) {
      checkOpen();
      if (!inspection.video) throw noVideo(name);
      for await (const packet of packetsWithin(inspection.video, inspection.windowOf(inspection.video))) {
        options.signal?.throwIfAborted();
        yield packet;
      }
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** Whether tracks can be decoded is a matter of who decodes. */
function withDecoder(info: MediaInfo, { decodes }: DecodeBackend): MediaInfo {
  return {
    ...info,
    video: info.video && { ...info.video, canDecode: decodes.picture },
    audio: info.audio && { ...info.audio, canDecode: decodes.sound },
  };
}
