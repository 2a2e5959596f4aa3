/** New sound for a file: gains, mixing with the original, exact length, encoding, and the copy of the picture. */
import { FoleyError } from "@foley-control/core";
import { EncodedPacketSink, type Target } from "mediabunny";
import { encodePackets } from "../audio/encode-packets.js";
import { checkPcm, fitLength, mixPcm, type Pcm, pcmLength } from "../audio/pcm.js";
import { resamplePcm } from "../audio/resample.js";
import type { Inspection } from "../read/inspect.js";
import { noVideo, type SourceName } from "../read/problems.js";
import type { ReplaceAudioOptions } from "../read/types.js";
import { audioCodecFor, LARGE_OUTPUT, prepareSound, type VideoContainer } from "./container.js";
import { muxTracks } from "./mux.js";

/** Writes the picture of `inspection` and `pcm` into `target`. `original` reads the sound that is there, at its own rate. */
export async function writeWithNewSound(
  inspection: Inspection,
  pcm: Pcm,
  target: Target,
  options: ReplaceAudioOptions,
  { name, original }: { name: SourceName; original: () => Promise<Pcm> },
): Promise<void> {
  const { info, video, audioTracks } = inspection;
  if (!video || !info.video) throw noVideo(name);
  checkPcm(pcm, "pcm");
  for (const [key, value] of Object.entries({ gain: options.gain, originalGain: options.originalGain })) {
    if (value !== undefined && !Number.isFinite(value))
      throw new FoleyError("invalid-argument", `${key} is ${value}; a finite number was expected.`);
  }
  const container = resolveContainer(options.container ?? "auto", info.container, info.video.codec);
  const codec = audioCodecFor(container);
  const mode = options.original ?? "replace";
  const seconds = soundLength(options.length ?? "video", info.video.duration, pcm);
  const gain = options.gain ?? 1;
  let sound = prepareSound(gain === 1 ? pcm : scaled(pcm, gain), codec);
  sound = fitLength(sound, Math.round(seconds * sound.sampleRate));
  if (mode === "mix" && info.audio) {
    const old = fitLength(resamplePcm(await original(), sound.sampleRate), pcmLength(sound));
    sound = mixPcm(sound, old, [1, options.originalGain ?? 1]);
  }
  options.signal?.throwIfAborted();
  const encoded =
    pcmLength(sound) === 0 ? undefined : await encodePackets(sound, codec, { bitrate: options.bitrate, signal: options.signal });
  const total = info.video.duration;
  await muxTracks({
    video,
    sound: encoded,
    keep: mode === "keep" ? audioTracks : [],
    origin: info.origin,
    container,
    target,
    size: (await bytesOfPicture(inspection)) > LARGE_OUTPUT ? "large" : "small",
    signal: options.signal,
    onTime: (time) =>
      options.onProgress?.({ type: "write-progress", path: name, done: Math.max(0, Math.min(time, total)), total }),
  });
}

/** The container to write, given what was asked for and what the source is. */
export function resolveContainer(asked: VideoContainer | "auto", source: string, codec: string): VideoContainer {
  if (asked !== "auto") return asked;
  if (source === "mp4" || source === "mov" || source === "webm" || source === "mkv") return source;
  return codec === "avc" || codec === "hevc" || codec === "av1" ? "mp4" : "mkv";
}

function soundLength(length: "video" | "sound" | number, video: number, pcm: Pcm): number {
  if (length === "video") return video;
  if (length === "sound") return pcmLength(pcm) / pcm.sampleRate;
  if (Number.isFinite(length) && length > 0) return length;
  throw new FoleyError("invalid-argument", `length is ${length}; "video", "sound" or more than 0 seconds were expected.`);
}

function scaled(pcm: Pcm, gain: number): Pcm {
  return { sampleRate: pcm.sampleRate, channels: pcm.channels.map((channel) => channel.map((value) => value * gain)) };
}

/** An estimate from the first packets; exact sizes would need the whole index. */
async function bytesOfPicture({ video, info }: Inspection): Promise<number> {
  if (!video || !info.video) return 0;
  let bytes = 0;
  let count = 0;
  let end = 0;
  const start = await video.getFirstTimestamp();
  for await (const packet of new EncodedPacketSink(video).packets(undefined, undefined, { metadataOnly: true })) {
    bytes += packet.byteLength;
    end = Math.max(end, packet.timestamp + packet.duration - start);
    if (++count >= 300) break;
  }
  return end > 0 ? (bytes / end) * info.video.duration : bytes;
}
