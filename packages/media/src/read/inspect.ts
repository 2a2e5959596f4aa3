/** An opened container → {@link MediaInfo}, with the checks that the muxing library leaves to its users. */
import { FoleyError } from "@foley-control/core";
import {
  EncodedPacketSink,
  type Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  UnsupportedInputFormatError,
} from "mediabunny";
import { round } from "./frame-times.js";
import { damaged, noData, noIndex, type SourceName, truncated, unknownFormat } from "./problems.js";
import { trackEnd } from "./track-end.js";
import type { AudioInfo, MediaInfo, MediaWarning, OnError, VideoInfo } from "./types.js";

/** Largest width or height that is taken seriously, in pixels. */
const MAX_PIXELS = 32_768;
/** Packets from which the frame rate is estimated. */
const RATE_PACKETS = 256;

/** Tracks and facts of an input. */
export interface Inspection {
  readonly info: MediaInfo;
  readonly video: InputVideoTrack | undefined;
  readonly audio: InputAudioTrack | undefined;
  readonly audioTracks: readonly InputAudioTrack[];
}

/** Reads the headers of `input` and checks that what they promise is there. */
export async function inspect(input: Input, name: SourceName, onError: OnError): Promise<Inspection> {
  try {
    return await inspectTracks(input, name, onError);
  } catch (cause) {
    if (FoleyError.isInstance(cause)) throw cause;
    throw damaged(name, undefined, cause);
  }
}

async function inspectTracks(input: Input, name: SourceName, onError: OnError): Promise<Inspection> {
  const warnings: MediaWarning[] = [];
  const warn = (code: MediaWarning["code"], message: string): void => {
    warnings.push({ code, message });
  };
  const tracks = await readTracks(input, name);
  const container = (await input.getFormat()).name;
  let video = (await input.getPrimaryVideoTrack()) ?? undefined;
  const audioTracks: InputAudioTrack[] = [];
  for (const track of await input.getAudioTracks()) if (await firstTime(track, name)) audioTracks.push(track);
  const primaryAudio = await input.getPrimaryAudioTrack();
  const audio = primaryAudio && audioTracks.includes(primaryAudio) ? primaryAudio : audioTracks[0];
  if (video && !(await firstTime(video, name))) {
    // A header that promises a length above nothing is a file that was cut; one that promises nothing was made so.
    const promised = (await input.getDurationFromMetadata().catch(() => null)) ?? 0;
    if (promised > 0 && audioTracks.length === 0)
      throw truncated(name, `it should last ${round(promised)} s, but the data ends before the first frame`);
    warn("no-frames", `${name} has a video track without a single frame.`);
    video = undefined;
  }
  const used: InputTrack[] = [...(video ? [video] : []), ...audioTracks];
  if (used.length === 0) {
    if (warnings.length > 0) throw new FoleyError("no-video", `${warnings[0]?.message}`, { hint: "Record or export it again." });
    throw tracks.length === 0 ? noIndex(name) : noData(name);
  }
  const starts = await Promise.all(used.map((track) => track.getFirstTimestamp()));
  const origin = Math.max(0, Math.min(...starts));
  for (const track of used) {
    const problem = await missingEnd(track);
    if (!problem) continue;
    if (onError === "throw") throw truncated(name, problem);
    warn("truncated", `${name} is cut off: ${problem}.`);
  }
  const videoInfo = video && (await describeVideo(video, origin, name));
  const audioInfo = audio && (await describeAudio(audio, origin));
  const duration = Math.max(...(await Promise.all(used.map(trackEnd)))) - origin;
  return {
    info: { container: shortName(container), duration, origin, video: videoInfo, audio: audioInfo, warnings },
    video,
    audio,
    audioTracks,
  };
}

async function readTracks(input: Input, name: SourceName): Promise<InputTrack[]> {
  try {
    return await input.getTracks();
  } catch (cause) {
    if (FoleyError.isInstance(cause)) throw cause;
    if (cause instanceof UnsupportedInputFormatError) throw unknownFormat(name, cause);
    throw noIndex(name, cause);
  }
}

async function firstTime(track: InputTrack, name: SourceName): Promise<boolean> {
  try {
    return (await new EncodedPacketSink(track).getFirstPacket({ metadataOnly: true })) !== null;
  } catch (cause) {
    throw noIndex(name, cause);
  }
}

/** A phrase that says what lies beyond the end of the file, or `undefined` when the last packet is there. */
async function missingEnd(track: InputTrack): Promise<string | undefined> {
  const sink = new EncodedPacketSink(track);
  const what = track.isVideoTrack() ? "picture" : "sound";
  const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true }).catch(() => null);
  if (!last) return `the data of its ${what} cannot be found`;
  const whole = await sink.getPacket(last.timestamp).catch(() => null);
  const end = await trackEnd(track);
  if (!whole || whole.data.byteLength < last.byteLength)
    return `its ${what} should last until ${round(end)} s, but the data ends earlier`;
  const promised = await track.getDurationFromMetadata().catch(() => null);
  const first = await track.getFirstTimestamp();
  if (promised !== null && Number.isFinite(promised) && promised - end > Math.max(0.5, 0.05 * (promised - first))) {
    return `its ${what} should last until ${round(promised)} s, but the data ends at ${round(end)} s`;
  }
  return undefined;
}

async function describeVideo(track: InputVideoTrack, origin: number, name: SourceName): Promise<VideoInfo> {
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const coded = [await track.getCodedWidth(), await track.getCodedHeight()];
  if ([width, height, ...coded].some((value) => !(value >= 1 && value <= MAX_PIXELS))) {
    throw new FoleyError("bad-file", `${name} claims a picture of ${width} × ${height} pixels, so its header is damaged.`, {
      hint: "Copy or download it again.",
    });
  }
  const rate = await frameRate(track);
  return {
    codec: await codecName(track),
    width,
    height,
    rotation: await track.getRotation(),
    start: (await track.getFirstTimestamp()) - origin,
    duration: (await trackEnd(track)) - origin,
    fps: rate.fps,
    variableFrameRate: rate.variable,
    canDecode: (await track.getCodec()) !== null && (await track.canDecode()),
  };
}

async function describeAudio(track: InputAudioTrack, origin: number): Promise<AudioInfo> {
  return {
    codec: await codecName(track),
    sampleRate: await track.getSampleRate(),
    channels: await track.getNumberOfChannels(),
    start: (await track.getFirstTimestamp()) - origin,
    duration: (await trackEnd(track)) - origin,
    canDecode: (await track.getCodec()) !== null && (await track.canDecode()),
  };
}

async function codecName(track: InputTrack): Promise<string> {
  const own = await track.getInternalCodecId();
  return (await track.getCodec()) ?? (typeof own === "string" ? own : "unknown");
}

async function frameRate(track: InputVideoTrack): Promise<{ fps: number | undefined; variable: boolean }> {
  const times: number[] = [];
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    times.push(packet.timestamp);
    if (times.length >= RATE_PACKETS) break;
  }
  // The last few may still have neighbours that were not read: frames are stored in decoding order.
  times.sort((a, b) => a - b);
  if (times.length >= RATE_PACKETS) times.length -= 16;
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || last <= first) return { fps: undefined, variable: false };
  const steps = times.slice(1).map((time, index) => time - (times[index] as number));
  return { fps: steps.length / (last - first), variable: Math.max(...steps) - Math.min(...steps) > 0.002 };
}

const shortNames: Readonly<Record<string, string>> = {
  MP4: "mp4",
  "QuickTime File Format": "mov",
  WebM: "webm",
  Matroska: "mkv",
  "MPEG Transport Stream": "ts",
  WAVE: "wav",
  FLAC: "flac",
  MP3: "mp3",
  Ogg: "ogg",
  ADTS: "aac",
};

function shortName(name: string): string {
  return shortNames[name] ?? name;
}
