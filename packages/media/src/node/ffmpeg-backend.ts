/**
 * Decoding by an `ffmpeg` on the PATH. The filter `fps=…:round=up:start_time=0` picks frames by the hold rule (its default
 * rounds to the nearest frame, which may lie in the future); shape and size are computed here, so that both backends agree.
 */
import { stat } from "node:fs/promises";
import { EncodedPacketSink, type InputAudioTrack, type InputTrack, type InputVideoTrack } from "mediabunny";
import { silentBlocks } from "../audio/resample.js";
import type { Block, SoundStream } from "../audio/sound-stream.js";
import { fitRectangles } from "../picture/fit.js";
import type { DecodeBackend, PictureRequest, SoundRequest } from "../read/backend.js";
import { frameTime, TIME_SLACK, timeSlack } from "../read/frame-times.js";
import type { Inspection } from "../read/inspect.js";
import { damaged, noAudio, noVideo, type SourceName } from "../read/problems.js";
import type { OnError } from "../read/types.js";
import { type ProgramColour, programColour } from "./ffmpeg-colour.js";
import { outputOf, startProgram } from "./ffmpeg-process.js";
import { type ProgramLimits, READING_LIMITS } from "./program-watch.js";

/** What the backend needs to know about a file. */
export interface FfmpegSource {
  /** Path of the file; asked for once, when first needed. */
  readonly path: () => Promise<string>;
  readonly name: SourceName;
}

/** The backend for one inspected file. */
export function ffmpegBackend(inspection: Inspection, { path, name }: FfmpegSource): DecodeBackend {
  const { info, video, audio } = inspection;
  return {
    decodes: { picture: true, sound: true },
    async *pictures(request) {
      if (!video || !info.video) throw noVideo(name);
      const aspect = info.video.width / info.video.height;
      const colour = programColour(inspection.colour, await video.getCodedHeight());
      const [height, width] = request.size;
      const { taken } = request;
      const begin = info.origin + request.start;
      const shifted = `PTS-(${begin - TIME_SLACK})/TB`;
      const slack = timeSlack(await video.getTimeResolution(), request.fps, info.video);
      const filters = [
        // Pictures that are named are counted from the first one at or after the start; times become whole numbers towards 0 otherwise.
        ...(taken
          ? [`setpts=floor(${shifted})`, "select=gte(t\\,0)"]
          : [
              // What is less than a tick needs finer ones.
              ...(slack > TIME_SLACK ? ["settb=1/1000000", `setpts=PTS-(${begin + slack})/TB`] : [`setpts=${shifted}`]),
              `fps=fps=${request.fps}:round=up:start_time=0`,
            ]),
        ...shape(aspect, request, colour),
        `format=${colour.format}`,
      ];
      // In a broadcast a place is found by guess, which may be behind the first picture that is counted.
      const seeks = request.start > 0 && !(taken && info.container === "ts");
      const pictures = taken ? (taken.at(-1)?.picture ?? 0) + 1 : request.count;
      const timeOf = (index: number) => taken?.[index]?.time ?? frameTime(request, index);
      const file = await path();
      const running = startProgram(
        "ffmpeg",
        [
          ...strictness(request.onError, info.container),
          ...["-copyts", ...(seeks ? await seekTo(video, begin, info.container) : [])],
          ...input(file, info.container),
          ...["-map", streamOf(video, info.container), "-an", "-sn", "-dn", "-vf", filters.join(","), "-fps_mode", "passthrough"],
          ...["-frames:v", String(pictures), "-f", "rawvideo", "pipe:1"],
        ],
        { signal: request.signal, limits: await limitsOf(file) },
      );
      running.child.stdin.end();
      let held: Uint8Array | undefined;
      let index = 0;
      let read = 0;
      try {
        for await (const bytes of pieces(outputOf(running), width * height * 3)) {
          request.signal?.throwIfAborted();
          const picture = read++;
          if (taken && taken[index]?.picture !== picture) continue;
          const rgb = colour.rgb(bytes);
          if (!held || !equal(held, rgb)) held = rgb;
          do yield held;
          while (++index < request.count && taken?.[index]?.picture === picture);
          if (index === request.count) break;
        }
        if (index < request.count) {
          await running.ended.catch((error: unknown) => {
            request.signal?.throwIfAborted();
            if (request.onError === "throw") throw damaged(name, timeOf(index), error);
          });
          // ffmpeg ends with the last frame; it is held.
          const last = timeOf(Math.max(0, index - 1));
          for (; index < request.count; index++) {
            const time = timeOf(index);
            if (!held) throw damaged(name, time, undefined);
            if (await isListedBetween(video, info.origin, last, time)) request.onHeld(time);
            yield held;
          }
        }
      } finally {
        running.kill();
      }
    },
    async sound(request) {
      if (!audio || !info.audio) throw noAudio(name);
      return readSound(request, inspection, audio, path, name);
    },
  };
}

async function readSound(
  request: SoundRequest,
  { info, windowOf }: Inspection,
  audio: InputAudioTrack,
  path: () => Promise<string>,
  name: SourceName,
): Promise<SoundStream> {
  const { container, origin } = info;
  const [sampleRate, channelCount] = [await audio.getSampleRate(), await audio.getNumberOfChannels()];
  const length = Math.round(request.duration * sampleRate);
  const begin = origin + request.start;
  const file = await path();
  const limits = await limitsOf(file);
  // Other programs' players run on behind the end of an edit list.
  const heard = Math.max(0, Math.round((windowOf(audio).to - begin) * sampleRate));
  const blocks = async function* (): AsyncGenerator<Block> {
    const running = startProgram(
      "ffmpeg",
      [
        ...strictness(request.onError, container),
        ...["-copyts", ...input(file, container), "-map", streamOf(audio, container), "-vn", "-sn", "-dn"],
        // Gaps become silence and the first sample lies where its timestamp says.
        ...["-af", `asetpts=PTS-(${begin})/TB,aresample=async=1:min_hard_comp=0.002:first_pts=0,apad`],
        ...[
          "-t",
          String(request.duration + 0.01),
          "-ac",
          String(channelCount),
          "-ar",
          String(sampleRate),
          "-f",
          "f32le",
          "pipe:1",
        ],
      ],
      { signal: request.signal, limits },
    );
    running.child.stdin.end();
    let index = 0;
    try {
      for await (const bytes of pieces(outputOf(running), 4 * channelCount * 4096, true)) {
        const block = new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / (4 * channelCount)) * channelCount);
        const count = Math.min(block.length / channelCount, length - index);
        const out = Array.from({ length: channelCount }, () => new Float32Array(count));
        for (let i = 0; i < Math.min(count, heard - index); i++)
          for (let c = 0; c < channelCount; c++) (out[c] as Float32Array)[i] = block[i * channelCount + c] as number;
        index += count;
        request.onTime(index / sampleRate);
        yield out;
        if (index >= length) break;
      }
      if (index < length) await running.ended;
    } catch (error) {
      request.signal?.throwIfAborted();
      if (request.onError === "throw") throw damaged(name, request.start + index / sampleRate, error);
      request.onLost(request.start + index / sampleRate);
    } finally {
      running.kill();
    }
    yield* silentBlocks(channelCount, length - index);
  };
  return { sampleRate, channelCount, length, blocks: blocks() };
}

/** Names of ffmpeg's readers. Named, so that a file is never taken for a playlist of others by what it says. */
const readers: Readonly<Record<string, string>> = { mp4: "mov", webm: "matroska", mkv: "matroska", ts: "mpegts" };

/** The file as a file: not as an option, a protocol or a pattern, whatever its name is, and no file that it names. */
function input(path: string, container: string): string[] {
  return ["-protocol_whitelist", "file,pipe", "-f", readers[container] ?? container, "-i", `file:${path}`];
}

/** A broadcast may begin anywhere, with frames and sound that lean on what came before; errors say nothing there. */
function strictness(onError: OnError, container: string): string[] {
  return onError === "throw" && container !== "ts" ? ["-xerror", "-err_detect", "explode"] : [];
}

/** The very track that was inspected, in ffmpeg's words: by its identifier, or by its place among those of its kind. */
function streamOf(track: InputTrack, container: string): string {
  if (container === "mp4" || container === "mov" || container === "ts") return `0:#${track.id}`;
  return `0:${track.isVideoTrack() ? "v" : "a"}:${track.number - 1}`;
}

/** True when the container lists a frame behind the one shown at `last`, up to `time`. */
async function isListedBetween(track: InputVideoTrack, origin: number, last: number, time: number): Promise<boolean> {
  const packet = await new EncodedPacketSink(track).getPacket(origin + time, { metadataOnly: true });
  return packet !== null && packet.timestamp > origin + last + TIME_SLACK;
}

/**
 * The place from which a time is decoded. In the file's own time: otherwise it is counted from where the file begins. In a broadcast it is found by its
 * bytes, wherever key frames are: a second before the one that is needed.
 */
async function seekTo(track: InputVideoTrack, time: number, container: string): Promise<string[]> {
  const key = container === "ts" ? await new EncodedPacketSink(track).getKeyPacket(time, { metadataOnly: true }) : null;
  return ["-seek_timestamp", "1", "-noaccurate_seek", "-ss", String(key ? key.timestamp - 1 : time)];
}

/** Cuts, sizes and pads; `-autorotate` has already turned the picture upright. */
function shape(aspect: number, { size, fit }: PictureRequest, { flags, format }: ProgramColour): string[] {
  const { source, target } = fitRectangles(aspect, size, fit);
  const crop =
    source.width === 1 && source.height === 1
      ? []
      : [`crop=w=iw*${source.width}:h=ih*${source.height}:x=iw*${source.left}:y=ih*${source.top}:exact=1`];
  const pad =
    target.width === size[1] && target.height === size[0]
      ? []
      : [`pad=w=${size[1]}:h=${size[0]}:x=${target.left}:y=${target.top}:color=black`];
  return [
    ...crop,
    `scale=w=${target.width}:h=${target.height}:flags=area+accurate_rnd+full_chroma_int+full_chroma_inp:${flags}`,
    `format=${format}`,
    ...pad,
  ];
}

/** Programs may read a file more than once while they look for a place in it. */
async function limitsOf(file: string): Promise<ProgramLimits> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  return { ...READING_LIMITS, mostRead: 4 * size };
}

/** A byte stream in pieces of exactly `size` bytes; with `rest`, also the shorter last one. */
async function* pieces(stream: AsyncIterable<Uint8Array>, size: number, rest = false): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; ) {
      const take = Math.min(size - filled, chunk.length - at);
      piece.set(chunk.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled === size) {
        yield piece;
        piece = new Uint8Array(size);
        filled = 0;
      }
    }
  }
  if (rest && filled > 0) yield piece.slice(0, filled);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
