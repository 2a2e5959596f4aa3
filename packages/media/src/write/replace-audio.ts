/** New sound for a file: gains, mixing with the original, exact length, encoding, and the copy of the picture. */
import { FoleyError } from "@foley-control/core";
import { EncodedPacketSink } from "mediabunny";
import { encodePlaced, type PlacedSound } from "../audio/encode-placed.js";
import { type PcmSource, pcmSource, type Sound } from "../audio/pcm-source.js";
import { limited, mixed, placed, resampled, type SoundStream, scaled, streamOf } from "../audio/sound-stream.js";
import type { Inspection } from "../read/inspect.js";
import { noVideo, type SourceName, uncopied } from "../read/problems.js";
import { hiddenFrames, SOUND_RUN_IN } from "../read/track-window.js";
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
  const hidden = await hiddenFrames(video, inspection.windowOf(video));
  const cut = cutUnsaid({ container, inOrder, hidden, keeps: options.original === "keep" && (await runsIn(inspection)) });
  if (cut) {
    const what = `An edit list cuts ${cut[0]} of ${name} ${cut[1]}, which ${inOrder ? `a stream of ${container}` : container} cannot say.`;
    throw new FoleyError("unsupported", what, { hint: cut[2] });
  }
  const codec = audioCodecFor(container);
  const tellReduction = (reductionDb: number): void => {
    if (reductionDb === 0) return;
    const message = `Both sounds together were too loud: where they peak, they are turned down by up to ${reductionDb.toFixed(1)} dB.`;
    const values = { decibels: Number(reductionDb.toFixed(1)) };
    options.onProgress?.({ type: "warning", warning: { code: "turned-down", message, values } });
  };
  const mode = options.original ?? "replace";
  const heard = mode === "mix" ? (info.audio?.duration ?? 0) : 0;
  const seconds = soundLength(options.length ?? Math.max(info.video.duration, heard), info.video.duration, at, given);
  const metadata = await keptMetadata(inspection, container);
  if (metadata.lost.length > 0) {
    const message = `The new file has the picture of ${name}, but not ${metadata.lost.join(" and ")}.`;
    options.onProgress?.({ type: "warning", warning: { code: "metadata-lost", message, values: {} } });
  }
  // Encoded last, because from here on encoders wait for whoever reads them.
  const before = mode === "mix" && info.audio ? await original() : undefined;
  const made = scaled(streamOf(given), options.gain ?? 1);
  // What the original sound has above half of the new one's rate stays.
  const own = prepared(before ? resampled(made, Math.max(made.sampleRate, before.sampleRate)) : made, codec);
  const rate = own.sampleRate;
  let sound: PlacedSound = { sound: own, at: Math.round(at * rate), length: Math.round(seconds * rate) };
  if (before) {
    const old = placed(resampled(before, rate), 0, sound.length);
    const both = mixed(placed(own, sound.at, sound.length), old, options.originalGain ?? 1);
    sound = { sound: limited(both, tellReduction), at: 0, length: sound.length };
  }
  options.signal?.throwIfAborted();
  const { bitrate, signal } = options;
  const layout = inOrder ? "in-order" : (await isLarge(inspection)) ? largeLayout(info.container, hidden.behind) : "in-memory";
  const encoded = sound.length === 0 ? undefined : await encodePlaced(sound, codec, { bitrate, signal });
  const total = info.video.duration;
  await muxTracks({
    video,
    matrix: inspection.colour.code,
    metadata,
    sound: encoded,
    keep: mode === "keep" ? audioTracks : [],
    windowOf: inspection.windowOf,
    origin: info.origin,
    container,
    target: written.target,
    layout,
    endsAt: hidden.behind ? info.video.start + info.video.duration : undefined,
    signal,
    onTime: (time) =>
      options.onProgress?.({ type: "write-progress", path: name, done: Math.max(0, Math.min(time, total)), total }),
  }).catch((error: unknown) => {
    throw FoleyError.isInstance(error) || signal?.aborted || written.threw(error) ? error : uncopied(name, container, error);
  });
}

interface Cuts {
  readonly container: VideoContainer;
  readonly inOrder: boolean;
  /** Frames of the picture that are decoded and not shown. */
  readonly hidden: { readonly before: boolean; readonly behind: boolean };
  /** Whether original sound is kept of which a beginning is not heard. */
  readonly keeps: boolean;
}

/** What a container would show or sound that its owner cut away: what is cut, where, and what to do. */
function cutUnsaid({ container, inOrder, hidden, keeps }: Cuts): readonly [string, string, string] | undefined {
  const isMatroska = container === "mkv" || container === "webm";
  const other = "Write .mp4 or .mov.";
  if (isMatroska && hidden.before) return ["the picture", "between two key frames", other];
  if (isMatroska && hidden.behind) return ["the picture", "before a frame that others are made from", other];
  if (isMatroska && keeps) return ["the beginning of the original sound", "away", `${other} Or mix the original sound.`];
  // What is written in order has its edit list before its length is known.
  if (inOrder && hidden.behind)
    return ["the picture", "before a frame that others are made from", "Write to a file or into memory."];
  return undefined;
}

/** Whether original sound has a beginning that is not heard, beyond what its encoder has put there. */
async function runsIn({ audioTracks, windowOf }: Inspection): Promise<boolean> {
  for (const track of audioTracks) if ((await track.getFirstTimestamp()) < windowOf(track).from - SOUND_RUN_IN) return true;
  return false;
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
const largeLayout = (source: string, endsBefore: boolean): OutputLayout =>
  (source === "mp4" || source === "mov") && !endsBefore ? "reserved" : "last";

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
