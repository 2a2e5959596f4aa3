/**
 * Frames (and sound) → a video file, for the scenes, the demo and tests. H.264 in mp4/mov, VP9 in webm/mkv.
 * Uses the native codecs where installed, else an `ffmpeg` on the PATH.
 */
import { FoleyError } from "@foley-control/core";
import { EncodedAudioPacketSource, Output, Quality, StreamTarget, VideoSample, VideoSampleSource } from "mediabunny";
import { encodePackets } from "../audio/encode-packets.js";
import { fitLength, type Pcm } from "../audio/pcm.js";
import { rgbToI420 } from "../picture/rgb-to-planes.js";
import { quiet } from "../quiet.js";
import { audioCodecFor, containerFromPath, outputFormat, prepareSound, type VideoContainer } from "../write/container.js";
import { encodeVideoWithFfmpeg } from "./ffmpeg-encode.js";
import { findFfmpeg } from "./ffmpeg-process.js";
import { loadNativeCodecs, missingCodecs } from "./native.js";
import { type ByteSink, bufferSink, fileSink } from "./sink.js";
import { assertWritable, writeFileAtomically } from "./write-atomically.js";

/** What {@link encodeVideo} encodes. */
export interface EncodeVideoInput {
  /** Interleaved 8-bit RGB, `height × width × 3` bytes each, row by row from the top left. Read one at a time. */
  readonly frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Frames per second, > 0; frame i is shown at i / fps seconds. */
  readonly fps: number;
  /** Sound whose sample 0 is heard at 0 s; cut or padded to `round(frames / fps × sampleRate)` samples. Default: none. */
  readonly audio?: Pcm | undefined;
}

/** Options of {@link encodeVideo}. */
export interface EncodeVideoOptions {
  /** Default: from the path's extension, else "mp4". */
  readonly container?: VideoContainer | undefined;
  /** Bits per second of the picture; default: constant quality, visually lossless for drawn scenes. */
  readonly bitrate?: number | undefined;
  /** Seconds between key frames; default 2. */
  readonly keyFrameInterval?: number | undefined;
  /** "native" = `@mediabunny/server`, "ffmpeg" = the program on the PATH; default "auto": the first of these that is there. */
  readonly backend?: "auto" | "native" | "ffmpeg" | undefined;
  /** Stops the encoding; its reason is thrown. */
  /** Stops the work; nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link encodeVideo} made. */
export interface EncodedVideo {
  /** Number of frames written. */
  readonly frames: number;
  /** frames / fps, in seconds. */
  readonly duration: number;
  /** The file, when no path was given. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Encodes frames and sound to a video file.
 *
 * @param target a path (written whole or not at all) or `undefined` for bytes in the result.
 * @throws FoleyError `missing-dependency` when there is neither backend, `not-writable`, `invalid-argument`.
 */
export async function encodeVideo(
  input: EncodeVideoInput,
  target: string | undefined,
  options: EncodeVideoOptions = {},
): Promise<EncodedVideo> {
  checkInput(input);
  quiet();
  const container = options.container ?? (target === undefined ? "mp4" : containerFromPath(target));
  if (target !== undefined) await assertWritable(target);
  const backend = options.backend ?? "auto";
  const native = backend !== "ffmpeg" && (await loadNativeCodecs());
  if (!native && (backend === "native" || !(await findFfmpeg()))) throw missingCodecs("Encoding a video");
  const encode = native ? encodeNatively : encodeVideoWithFfmpeg;
  if (target === undefined) {
    const sink = bufferSink();
    const frames = await encode(input, container, sink, options);
    return { frames, duration: frames / input.fps, bytes: sink.bytes() };
  }
  let frames = 0;
  await writeFileAtomically(
    target,
    async (writer) => {
      frames = await encode(input, container, fileSink(writer), options);
    },
    { signal: options.signal },
  );
  return { frames, duration: frames / input.fps, bytes: undefined };
}

function checkInput({ width, height, fps }: EncodeVideoInput): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 2 && height >= 2) || width % 2 || height % 2) {
    throw new FoleyError("invalid-argument", `The size is ${width} × ${height} pixels; even whole numbers were expected.`, {
      hint: "Pad or crop the frames by one pixel.",
    });
  }
  if (!(fps > 0 && Number.isFinite(fps)))
    throw new FoleyError("invalid-argument", `fps is ${fps}; a positive number was expected.`);
}

const colorSpace = { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false } as const;

async function encodeNatively(
  input: EncodeVideoInput,
  container: VideoContainer,
  sink: ByteSink,
  options: EncodeVideoOptions,
): Promise<number> {
  const { width, height, fps, audio } = input;
  const codec = container === "webm" || container === "mkv" ? "vp9" : "avc";
  const video = new VideoSampleSource({
    codec,
    quality: new Quality(options.bitrate === undefined ? { quantizer: codec === "avc" ? 18 : 24 } : { bitrate: options.bitrate }),
    keyFrameInterval: options.keyFrameInterval ?? 2,
    hardwareAcceleration: "prefer-software",
    onEncodedPacket(_packet, meta) {
      if (meta?.decoderConfig) meta.decoderConfig.colorSpace = colorSpace;
    },
  });
  const output = new Output({
    format: outputFormat(container, "small"),
    target: new StreamTarget(sink.stream(), { chunked: true }),
  });
  output.addVideoTrack(video, { frameRate: fps });
  const audioCodec = audioCodecFor(container);
  const prepared = audio && prepareSound(audio, audioCodec);
  const sound = prepared && new EncodedAudioPacketSource(audioCodec);
  if (sound) output.addAudioTrack(sound);
  let count = 0;
  try {
    await output.start();
    for await (const rgb of input.frames) {
      options.signal?.throwIfAborted();
      if (rgb.length !== width * height * 3) {
        throw new FoleyError(
          "shape-mismatch",
          `Frame ${count} has ${rgb.length} bytes; ${height} × ${width} × 3 = ${width * height * 3} were expected.`,
        );
      }
      const sample = new VideoSample(rgbToI420(rgb, width, height), {
        format: "I420",
        codedWidth: width,
        codedHeight: height,
        timestamp: count / fps,
        duration: 1 / fps,
        colorSpace,
      });
      try {
        await video.add(sample);
      } finally {
        sample.close();
      }
      count++;
    }
    if (count === 0) throw new FoleyError("invalid-argument", "There are no frames to encode; at least one was expected.");
    video.close();
    if (sound && prepared) {
      const length = Math.round((count / fps) * prepared.sampleRate);
      const { packets, decoderConfig } = await encodePackets(fitLength(prepared, length), audioCodec, { signal: options.signal });
      for (const packet of packets) await sound.add(packet, { decoderConfig });
      sound.close();
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
  return count;
}
