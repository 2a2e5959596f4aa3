/** The picture encoded by an `ffmpeg` on the PATH, then joined with the sound by our own muxer. */
import { once } from "node:events";
import { concatBytes, FoleyError } from "@foley-control/core";
import { ALL_FORMATS, BufferSource, Input, StreamTarget } from "mediabunny";
import { encodePackets } from "../audio/encode-packets.js";
import { pcmSource } from "../audio/pcm-source.js";
import { placed, streamOf } from "../audio/sound-stream.js";
import { EVERYTHING } from "../read/track-window.js";
import type { ByteSink } from "../write/buffer-sink.js";
import { audioCodecFor, prepared } from "../write/container.js";
import type { VideoContainer } from "../write/container-name.js";
import { muxTracks } from "../write/mux.js";
import { type EncodeVideoInput, type EncodeVideoOptions, planarFrames } from "./encode-input.js";
import { startProgram } from "./ffmpeg-process.js";
import { WRITING_LIMITS } from "./program-watch.js";

/** Encodes and returns the number of frames. */
export async function encodeVideoWithFfmpeg(
  input: EncodeVideoInput,
  container: VideoContainer,
  sink: ByteSink,
  options: EncodeVideoOptions,
): Promise<number> {
  const { width, height, fps, audio } = input;
  const vp9 = container === "webm" || container === "mkv";
  const quality = options.bitrate === undefined ? (vp9 ? "-crf 24 -b:v 0" : "-crf 18") : `-b:v ${options.bitrate}`;
  const tags = "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv";
  const keyFrames = Math.max(1, Math.round(fps * (options.keyFrameInterval ?? 2)));
  const parameters = [
    `-f rawvideo -pix_fmt yuv420p -s ${width}x${height} -framerate ${fps} ${tags} -i pipe:0`,
    `-c:v ${vp9 ? "libvpx-vp9" : "libx264"} ${quality} -g ${keyFrames} ${tags}`,
    "-f mp4 -movflags frag_keyframe+empty_moov pipe:1",
  ];
  const running = startProgram("ffmpeg", parameters.join(" ").split(" "), {
    signal: options.signal,
    limits: WRITING_LIMITS,
  });
  const chunks: Uint8Array[] = [];
  running.child.stdout.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  let count = 0;
  try {
    for await (const planes of planarFrames(input, options)) {
      if (!running.child.stdin.write(planes)) {
        await Promise.race([once(running.child.stdin, "drain"), running.ended]);
      }
      count++;
    }
    running.child.stdin.end();
    await running.ended;
  } catch (error) {
    running.kill();
    throw error;
  }
  const picture = new Input({ source: new BufferSource(concatBytes(chunks)), formats: ALL_FORMATS });
  try {
    const video = await picture.getPrimaryVideoTrack();
    if (!video) throw new FoleyError("bad-file", "ffmpeg wrote no video track.");
    const codec = audioCodecFor(container);
    const own = audio && prepared(streamOf(pcmSource(audio, "audio")), codec);
    const fitted = own && placed(own, 0, Math.round((count / fps) * own.sampleRate));
    await muxTracks({
      video,
      sound: fitted && (await encodePackets(fitted, codec, { signal: options.signal })),
      keep: [],
      windowOf: () => EVERYTHING,
      origin: await video.getFirstTimestamp(),
      container,
      target: new StreamTarget(sink.stream(), { chunked: true }),
      layout: "in-memory",
      signal: options.signal,
    });
  } finally {
    picture.dispose();
  }
  return count;
}
