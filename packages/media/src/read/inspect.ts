/** An opened container → {@link MediaInfo}, with the checks that the muxing library leaves to its users. */
import { FoleyError } from "@foley-control/core";
import {
  EncodedPacketSink,
  type Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  type MetadataTags,
  UnsupportedInputFormatError,
} from "mediabunny";
import type { ReadBytes } from "./boxes.js";
import { assertCarried } from "./carried-length.js";
import { colourTags, type FoundColour } from "./colour-code.js";
import { editsNotFollowed, editWindows } from "./edit-lists.js";
import { round } from "./frame-times.js";
import { type MatroskaHead, readMatroskaHead } from "./matroska-head.js";
import { mp3Window } from "./mp3-delay.js";
import { otherFormat } from "./other-formats.js";
import { damaged, noData, noIndex, nothingLeft, type SourceName, truncated, unknownFormat, unreadSentence } from "./problems.js";
import { trackEnd } from "./track-end.js";
import { EVERYTHING, type TrackWindow, type WindowedTrack, windowed } from "./track-window.js";
import type { AudioInfo, MediaInfo, MediaWarning, OnError, VideoInfo } from "./types.js";
import { unreadPicture } from "./unread-picture.js";

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
  /** Codec of a picture that is there but not among the tracks. */
  readonly unread: string | undefined;
  /** Colour tags of the picture, as its container has them, or its stream. */
  readonly colour: FoundColour;
  /** The head of a Matroska or WebM file. */
  readonly head: MatroskaHead | undefined;
  /** The `moov` of an mp4 or mov. */
  readonly index: DataView | undefined;
  /** Title and the like. */
  readonly tags: () => Promise<MetadataTags>;
  /** What of a track is shown or heard. */
  readonly windowOf: (track: InputTrack) => TrackWindow;
}

/** The bytes of a file, for what the muxing library does not say. */
export interface RawFile {
  readonly read: ReadBytes;
  readonly size: number;
  /** The `moov` of an mp4 or mov. */
  readonly index: DataView | undefined;
}

/** Reads the headers of `input` and checks that what they promise is there. */
export async function inspect(input: Input, name: SourceName, onError: OnError, raw: RawFile): Promise<Inspection> {
  try {
    return await inspectTracks(input, name, onError, raw);
  } catch (cause) {
    if (FoleyError.isInstance(cause)) throw cause;
    throw damaged(name, undefined, cause);
  }
}

async function inspectTracks(input: Input, name: SourceName, onError: OnError, raw: RawFile): Promise<Inspection> {
  const warnings: MediaWarning[] = [];
  const tracks = await readTracks(input, name, raw);
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
    warnings.push({ code: "no-frames", message: `${name} has a video track without a single frame.`, values: {} });
    video = undefined;
  }
  const used: InputTrack[] = [...(video ? [video] : []), ...audioTracks];
  if (used.length === 0) {
    if (warnings.length > 0) throw new FoleyError("no-video", `${warnings[0]?.message}`, { hint: "Record or export it again." });
    throw tracks.length === 0 ? noIndex(name) : noData(name);
  }
  const isMatroska = ["mkv", "webm"].includes(shortName(container));
  const head = isMatroska ? await readMatroskaHead(raw.read, raw.size) : undefined;
  const unread = video ? undefined : await unreadPicture(shortName(container), raw.read, raw.size);
  if (unread) warnings.push({ code: "unread-picture", message: unreadSentence(name, unread), values: { codec: unread } });
  const windows = await readWindows(used, shortName(container), name, raw);
  if (video) {
    const key = await lateKey(video);
    const { window, start, end } = windows.get(video) as WindowedTrack;
    if (key !== undefined && key > start) {
      windows.set(video, { window: { from: key, to: window.to }, start: key, end });
      const seconds = round(key - start);
      const message = `${name} begins inside a group of pictures: the first ${seconds} s of its picture cannot be decoded.`;
      warnings.push({ code: "starts-late", message, values: { seconds } });
    }
  }
  const shown = (track: InputTrack): WindowedTrack => windows.get(track) as WindowedTrack;
  // Time begins at 0; what ends before is never seen or heard. A broadcast's clock goes round in 26.5 hours, and is below 0 until then.
  const zero = shortName(container) === "ts" ? Number.NEGATIVE_INFINITY : 0;
  const isOver = (track: InputTrack): boolean => {
    const { start, end } = shown(track);
    return end < start || (end <= zero && start < zero);
  };
  const main = video ?? audio;
  if (main && isOver(main)) throw nothingLeft(name, video ? "picture" : "sound");
  const origin = Math.max(zero, Math.min(...used.map((track) => shown(track).start)));
  for (const problem of await missingEnds(used, shortName(container))) {
    if (onError === "throw") throw truncated(name, problem);
    warnings.push({ code: "truncated", message: `${name} is cut off: ${problem}.`, values: {} });
  }
  await assertCarried(
    used.map((track) => ({ track, end: shown(track).end - origin })),
    name,
  );
  const videoInfo = video && (await describeVideo(video, origin, name, shown(video), head));
  const audioInfo = audio && (await describeAudio(audio, origin, shown(audio)));
  const duration = Math.max(...used.map((track) => shown(track).end)) - origin;
  const colour: FoundColour = video ? await colourTags(video, raw.index, head) : {};
  const { code } = colour;
  if (code !== undefined && !colour.matrix) {
    const message = `The colours of ${name} may be wrong: the matrix of its picture, code ${code}, is not known here.`;
    warnings.push({ code: "unknown-colours", message, values: { code } });
  }
  return {
    info: { container: shortName(container), duration, origin, video: videoInfo, audio: audioInfo, warnings },
    video,
    audio,
    audioTracks,
    unread,
    colour,
    head,
    index: raw.index,
    tags: () => input.getMetadataTags(),
    windowOf: (track) => windows.get(track)?.window ?? EVERYTHING,
  };
}

/** What of each track is shown or heard, by what its container says. */
async function readWindows(
  tracks: readonly InputTrack[],
  container: string,
  name: SourceName,
  { read, size, index }: RawFile,
): Promise<Map<InputTrack, WindowedTrack>> {
  const edits = index && editWindows(index);
  const windows = new Map<InputTrack, WindowedTrack>();
  for (const track of tracks) {
    const window = container === "mp3" ? await mp3Window(read, size) : (edits?.get(track.id) ?? EVERYTHING);
    if (typeof window === "string") throw editsNotFollowed(name, track.isVideoTrack() ? "picture" : "sound", window);
    windows.set(track, windowed(await track.getFirstTimestamp(), await trackEnd(track), window));
  }
  return windows;
}

/** Time of the first key frame where other frames come before it, which cannot be decoded. */
async function lateKey(track: InputVideoTrack): Promise<number | undefined> {
  const sink = new EncodedPacketSink(track);
  const first = await sink.getFirstPacket();
  if (!first || first.type === "key") return undefined;
  return (await sink.getNextKeyPacket(first, { verifyKeyPackets: true }))?.timestamp;
}

async function readTracks(input: Input, name: SourceName, { read, size }: RawFile): Promise<InputTrack[]> {
  try {
    return await input.getTracks();
  } catch (cause) {
    if (FoleyError.isInstance(cause)) throw cause;
    if (cause instanceof UnsupportedInputFormatError) throw unknownFormat(name, await otherFormat(read, size), cause);
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

/** Phrases that say what lies beyond the end of the file; none when the last packet of every track is there. */
async function missingEnds(tracks: readonly InputTrack[], container: string): Promise<string[]> {
  const problems: string[] = [];
  const ends: { readonly what: string; readonly first: number; readonly end: number; readonly promised: number }[] = [];
  for (const track of tracks) {
    const sink = new EncodedPacketSink(track);
    const what = track.isVideoTrack() ? "picture" : "sound";
    const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true }).catch(() => null);
    const whole = last && (await sink.getPacket(last.timestamp).catch(() => null));
    const end = await trackEnd(track);
    if (!last) problems.push(`the data of its ${what} cannot be found`);
    else if (!whole || whole.data.byteLength < last.byteLength)
      problems.push(`its ${what} should last until ${round(end)} s, but the data ends earlier`);
    else {
      const promised = (await track.getDurationFromMetadata().catch(() => null)) ?? 0;
      ends.push({ what, first: await track.getFirstTimestamp(), end, promised: Number.isFinite(promised) ? promised : 0 });
    }
  }
  const short = ends.filter(({ first, end, promised }) => promised - end > Math.max(0.5, 0.05 * (promised - first)));
  // Matroska states one length for the whole file: a track may end before it, as long as one reaches it.
  const whole = container === "mkv" || container === "webm";
  if (whole && short.length < ends.length) return problems;
  for (const { what, end, promised } of short)
    problems.push(`its ${what} should last until ${round(promised)} s, but the data ends at ${round(end)} s`);
  return problems;
}

async function describeVideo(
  track: InputVideoTrack,
  origin: number,
  name: SourceName,
  { start, end }: WindowedTrack,
  head: MatroskaHead | undefined,
): Promise<VideoInfo> {
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const coded = [await track.getCodedWidth(), await track.getCodedHeight()];
  if ([width, height, ...coded].some((value) => !(value >= 1 && value <= MAX_PIXELS))) {
    throw new FoleyError("bad-file", `${name} claims a picture of ${width} × ${height} pixels, so its header is damaged.`, {
      hint: "Copy or download it again.",
    });
  }
  const rate = await frameRate(track);
  const codec = await codecName(track);
  return {
    // What Matroska has no name for has four letters of Windows.
    codec: codec === "V_MS/VFW/FOURCC" ? (head?.letters.get(track.id) ?? codec) : codec,
    width,
    height,
    rotation: await track.getRotation(),
    start: start - origin,
    duration: end - origin,
    fps: rate.fps,
    variableFrameRate: rate.variable,
    canDecode: (await track.getCodec()) !== null && (await track.canDecode()),
  };
}

async function describeAudio(track: InputAudioTrack, origin: number, { start, end }: WindowedTrack): Promise<AudioInfo> {
  return {
    codec: await codecName(track),
    sampleRate: await track.getSampleRate(),
    channels: await track.getNumberOfChannels(),
    start: start - origin,
    duration: end - origin,
    canDecode: (await track.getCodec()) !== null && (await track.canDecode()),
  };
}

async function codecName(track: InputTrack): Promise<string> {
  const own = await track.getInternalCodecId();
  return (await track.getCodec()) ?? (typeof own === "string" && own.trim() !== "" ? own.trim() : "unknown");
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
