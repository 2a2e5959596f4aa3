/**
 * Decoding by an `ffmpeg` on the PATH. The filter `fps=…:round=up:start_time=0` picks frames by the hold rule (its default
 * rounds to the nearest frame, which may lie in the future); shape and size are computed here, so that both backends agree.
 */
import type { Pcm } from "../audio/pcm.js";
import { type ColourTags, colourMatrix, UNTAGGED_709_ROWS } from "../picture/colour.js";
import { fitRectangles } from "../picture/fit.js";
import type { DecodeBackend, PictureRequest, SoundRequest } from "../read/backend.js";
import { TIME_SLACK } from "../read/frame-times.js";
import type { Inspection } from "../read/inspect.js";
import { damaged, noAudio, noVideo, type SourceName } from "../read/problems.js";
import { startProgram } from "./ffmpeg-process.js";

/** What the backend needs to know about a file. */
export interface FfmpegSource {
  /** Path of the file; asked for once, when first needed. */
  readonly path: () => Promise<string>;
  readonly name: SourceName;
}

/** The backend for one inspected file. */
export function ffmpegBackend({ info, video, audio }: Inspection, { path, name }: FfmpegSource): DecodeBackend {
  return {
    async *pictures(request) {
      if (!video || !info.video) throw noVideo(name);
      const tags = await video.getColorSpace();
      const aspect = info.video.width / info.video.height;
      const codedHeight = await video.getCodedHeight();
      const [height, width] = request.size;
      const filters = [
        `setpts=PTS-(${info.origin + request.start - TIME_SLACK})/TB`,
        `fps=fps=${request.fps}:round=up:start_time=0`,
        ...shape(aspect, request, colourFlags(tags, codedHeight)),
        "format=rgb24",
      ];
      const running = startProgram(
        "ffmpeg",
        [
          ...(request.onError === "throw" ? ["-xerror", "-err_detect", "explode"] : []),
          ...["-copyts", ...(request.start > 0 ? ["-noaccurate_seek", "-ss", String(info.origin + request.start)] : [])],
          ...["-i", await path(), "-map", "0:v:0", "-an", "-sn", "-dn", "-vf", filters.join(","), "-fps_mode", "passthrough"],
          ...["-frames:v", String(request.times.length), "-f", "rawvideo", "pipe:1"],
        ],
        { signal: request.signal },
      );
      running.child.stdin.end();
      let held: Uint8Array | undefined;
      let index = 0;
      try {
        for await (const rgb of pieces(running.child.stdout, width * height * 3)) {
          request.signal?.throwIfAborted();
          if (held && equal(held, rgb)) yield held;
          else {
            held = rgb;
            yield rgb;
          }
          if (++index === request.times.length) break;
        }
        if (index < request.times.length) {
          await running.ended.catch((error: unknown) => {
            request.signal?.throwIfAborted();
            if (request.onError === "throw") throw damaged(name, request.times[index] ?? 0, error);
          });
          // ffmpeg ends with the last frame; it is held.
          for (; index < request.times.length; index++) {
            if (!held && request.onError === "throw") throw damaged(name, request.times[index] ?? 0, undefined);
            held ??= new Uint8Array(width * height * 3);
            yield held;
          }
        }
      } finally {
        running.kill();
      }
    },
    async sound(request) {
      if (!audio || !info.audio) throw noAudio(name);
      return readSound(request, info.audio, info.origin, path, name);
    },
  };
}

async function readSound(
  request: SoundRequest,
  { sampleRate, channels }: { readonly sampleRate: number; readonly channels: number },
  origin: number,
  path: () => Promise<string>,
  name: SourceName,
): Promise<Pcm> {
  const length = Math.round(request.duration * sampleRate);
  const begin = origin + request.start;
  const running = startProgram(
    "ffmpeg",
    [
      ...(request.onError === "throw" ? ["-xerror", "-err_detect", "explode"] : []),
      ...["-copyts", "-i", await path(), "-map", "0:a:0", "-vn", "-sn", "-dn"],
      // Gaps become silence and the first sample lies where its timestamp says.
      ...["-af", `asetpts=PTS-(${begin})/TB,aresample=async=1:min_hard_comp=0.002:first_pts=0,apad`],
      ...["-t", String(request.duration + 0.01), "-ac", String(channels), "-ar", String(sampleRate), "-f", "f32le", "pipe:1"],
    ],
    { signal: request.signal },
  );
  running.child.stdin.end();
  const out = Array.from({ length: channels }, () => new Float32Array(length));
  let index = 0;
  try {
    for await (const bytes of pieces(running.child.stdout, 4 * channels * 4096, true)) {
      const block = new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / (4 * channels)) * channels);
      for (let i = 0; i < block.length && index < length; i += channels, index++) {
        for (let c = 0; c < channels; c++) (out[c] as Float32Array)[index] = block[i + c] as number;
      }
      request.onTime(index / sampleRate);
      if (index >= length) break;
    }
    if (index < length) await running.ended;
  } catch (error) {
    request.signal?.throwIfAborted();
    if (request.onError === "throw") throw damaged(name, request.start + index / sampleRate, error);
  } finally {
    running.kill();
  }
  return { sampleRate, channels: out };
}

/** Cuts, sizes and pads; `-autorotate` has already turned the picture upright. */
function shape(aspect: number, { size, fit }: PictureRequest, colour: string): string[] {
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
    `scale=w=${target.width}:h=${target.height}:flags=area+accurate_rnd+full_chroma_int+full_chroma_inp:${colour}`,
    "format=rgb24",
    ...pad,
  ];
}

/** The matrix that our own conversion would use, in ffmpeg's words. */
function colourFlags(tags: ColourTags, rows: number): string {
  const names: Readonly<Record<string, string>> = {
    bt709: "bt709",
    bt470bg: "bt601",
    smpte170m: "bt601",
    "bt2020-ncl": "bt2020",
  };
  const matrix = names[tags.matrix ?? ""] ?? (rows >= UNTAGGED_709_ROWS ? "bt709" : "bt601");
  return `in_color_matrix=${matrix}:in_range=${colourMatrix(rows, tags).black === 0 ? "pc" : "tv"}`;
}

/** A byte stream in pieces of exactly `size` bytes; with `rest`, also the shorter last one. */
async function* pieces(stream: AsyncIterable<unknown>, size: number, rest = false): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
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
