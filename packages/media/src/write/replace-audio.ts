/** New sound for a file: gains, mixing with the original, exact length, encoding, and the copy of the picture. */
import { FoleyError } from "@foley-control/core";
import { EncodedPacketSink } from "mediabunny";
import { encodePlaced, type PlacedSound } from "../audio/encode-placed.js";
import { type PcmSource, pcmSource, type Sound } from "../audio/pcm-source.js";
import { limited, mixed, placed, resampled, type SoundStream, scaled, streamOf } from "../audio/sound-stream.js";
import type { Inspection } from "../read/inspect.js";
import { noVideo, type SourceName, uncopied } from "../read/problems.js";
import { hidesFrames } from "../read/track-window.js";
import type { ReplaceAudioOptions } from "../read/types.js";
import { audioCodecFor, LARGE_OUTPUT, type OutputLayout, prepared } from "./container.js";
import type { VideoContainer } from "./container-name.js";
import { keptMetadata } from "./kept-metadata.js";
import { muxTracks } from "./mux.js";
import type { MuxTarget } from "./targets.js";

/** What {@link writeWithNewSound} knows of the file and of where it writes. */
export interface NewSoundContext {
  readonly name: SourceName;
  /** Reads the sound that is there, at its own rate. */
  readonly original: () => Promise<SoundStream>;
  /** Whether the target takes bytes in their order only. Default false. */
  readonly inOrder?: boolean | undefined;
}

/** Writes the picture of `inspection` and `pcm` where `written` takes it. */
export async function writeWithNewSound(
  inspection: Inspection,
  pcm: Sound,
  written: MuxTarget,
  options: ReplaceAudioOptions,
  { name, original, inOrder = false }: NewSoundContext,
): Promise<void> {
  const { info, video, audioTracks } = inspection;
  if (!video || !info.video) throw noVideo(name);
  const given = pcmSource(pcm, "pcm");
  for (const [key, value] of Object.entries({ gain: options.gain, originalGain: options.originalGain })) {
    if (value !== undefined && !Number.isFinite(value))
      throw new FoleyError("invalid-argument", `${key} is ${value}; a finite number was expected.`);
  }
  const { at = 0 } = options;
  if (!(Number.isFinite(at) && at >= 0))
    throw new FoleyError("invalid-argument", `at is ${at}; 0 or more seconds were expected.`);
  const container = resolveContainer(options.container ?? "auto", info.container, info.video.codec);
  if ((container === "mkv" || container === "webm") && (await hidesFrames(video, inspection.windowOf(video)))) {
    const what = `An edit list cuts the picture of ${name} between two key frames, which ${container} cannot say.`;
    throw new FoleyError("unsupported", what, { hint: "Write .mp4 or .mov." });
  }
  const codec = audioCodecFor(container);
  const tellReduction = (reductionDb: number): void => {
    if (reductionDb === 0) return;
    const message = `Both sounds together were too loud: where they peak, they are turned down by up to ${reductionDb.toFixed(1)} dB.`;
    options.onProgress?.({ type: "warning", message });
  };
  const mode = options.original ?? "replace";
  const heard = mode === "mix" ? (info.audio?.duration ?? 0) : 0;
  const seconds = soundLength(options.length ?? Math.max(info.video.duration, heard), info.video.duration, at, given);
  const metadata = await keptMetadata(inspection, container);
  if (metadata.lost.length > 0) {
    const message = `The new file has the picture of ${name}, but not ${metadata.lost.join(" and ")}.`;
    options.onProgress?.({ type: "warning", message });
  }
  // Encoded last, because from here on encoders wait for whoever reads them.
  const own = prepared(scaled(streamOf(given), options.gain ?? 1), codec);
  const rate = own.sampleRate;
  let sound: PlacedSound = { sound: own, at: Math.round(at * rate), length: Math.round(seconds * rate) };
  if (mode === "mix" && info.audio) {
    const old = placed(resampled(await original(), rate), 0, sound.length);
    const both = mixed(placed(own, sound.at, sound.length), old, options.originalGain ?? 1);
    sound = { sound: limited(both, tellReduction), at: 0, length: sound.length };
  }
  options.signal?.throwIfAborted();
  const { bitrate, signal } = options;
  const layout = inOrder ? "in-order" : (await isLarge(inspection)) ? largeLayout(info.container) : "in-memory";
  const encoded = sound.length === 0 ? undefined : await encodePlaced(sound, codec, { bitrate, signal });
  const total = info.video.duration;
  await muxTracks({
    video,
    metadata,
    sound: encoded,
    keep: mode === "keep" ? audioTracks : [],
    windowOf: inspection.windowOf,
    origin: info.origin,
    container,
    target: written.target,
    layout,
    signal,
    onTime: (time) =>
      options.onProgress?.({ type: "write-progress", path: name, done: Math.max(0, Math.min(time, total)), total }),
  }).catch((error: unknown) => {
    throw FoleyError.isInstance(error) || signal?.aborted || written.threw(error) ? error : uncopied(name, container, error);
  });
}

/** The container to write, given what was asked for and what the source is. */
export function resolveContainer(asked: VideoContainer | "auto", source: string, codec: string): VideoContainer {
  if (asked !== "auto") return asked;
  if (source === "mp4" || source === "mov" || source === "webm" || source === "mkv") return source;
  return codec === "avc" || codec === "hevc" || codec === "av1" ? "mp4" : "mkv";
}

function soundLength(length: "video" | "sound" | number, video: number, at: number, sound: PcmSource): number {
  if (length === "video") return video;
  if (length === "sound") return at + sound.length / sound.sampleRate;
  if (Number.isFinite(length) && length > 0) return length;
  throw new FoleyError("invalid-argument", `length is ${length}; "video", "sound" or more than 0 seconds were expected.`);
}

/** Whether the picture is too large to wait in memory. */
export const isLarge = async (inspection: Inspection): Promise<boolean> => (await bytesOfPicture(inspection)) > LARGE_OUTPUT;

/** Packets can be counted in advance where an index names them; of others the whole file would be read for it. */
const largeLayout = (source: string): OutputLayout => (source === "mp4" || source === "mov" ? "reserved" : "last");

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
