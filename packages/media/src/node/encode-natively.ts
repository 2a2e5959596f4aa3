/** Picture and sound encoded by the native codecs of `@mediabunny/server`. */
import { EncodedAudioPacketSource, Output, Quality, StreamTarget, VideoSample, VideoSampleSource } from "mediabunny";
import { encodePackets } from "../audio/encode-packets.js";
import { pcmSource } from "../audio/pcm-source.js";
import { placed, streamOf } from "../audio/sound-stream.js";
import type { ByteSink } from "../write/buffer-sink.js";
import { audioCodecFor, outputFormat, prepared } from "../write/container.js";
import type { VideoContainer } from "../write/container-name.js";
import { stampTime } from "../write/kept-metadata.js";
import { type EncodeVideoInput, type EncodeVideoOptions, planarFrames } from "./encode-input.js";

const colorSpace = { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false } as const;

/** Encodes and returns the number of frames. */
export async function encodeNatively(
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
  const target = new StreamTarget(sink.stream(), { chunked: true });
  const output = new Output({ format: outputFormat(container, "in-memory"), target });
  stampTime(output, 0);
  output.addVideoTrack(video, { frameRate: fps });
  const audioCodec = audioCodecFor(container);
  const own = audio && prepared(streamOf(pcmSource(audio, "audio")), audioCodec);
  const sound = own && new EncodedAudioPacketSource(audioCodec);
  if (sound) output.addAudioTrack(sound);
  let count = 0;
  try {
    await output.start();
    for await (const planes of planarFrames(input, options)) {
      const size = { codedWidth: width, codedHeight: height };
      using sample = new VideoSample(planes, { format: "I420", ...size, timestamp: count / fps, duration: 1 / fps, colorSpace });
      await video.add(sample);
      count++;
    }
    video.close();
    if (sound && own) {
      const fitted = placed(own, 0, Math.round((count / fps) * own.sampleRate));
      const { packets, decoderConfig } = await encodePackets(fitted, audioCodec, { signal: options.signal });
      for await (const packet of packets) await sound.add(packet, { decoderConfig });
      sound.close();
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
  return count;
}
