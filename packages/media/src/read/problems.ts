/** The sentences for files that cannot be used. */
import { FoleyError } from "@foley-control/core";

/** How a source is called in messages: its path or file name in quotes, or "The data". */
export type SourceName = string;

const bad = (message: string, hint: string, cause?: unknown): FoleyError => new FoleyError("bad-file", message, { hint, cause });

/** A file of no bytes. */
export const emptyFile = (name: SourceName): FoleyError => bad(`${name} is empty (0 bytes).`, "Copy or download it again.");

const READ = "mp4, mov, webm, mkv, ts, wav, flac, mp3, ogg";

/** Not a container that is read here; `format` is what it is, where that can be told. */
export const unknownFormat = (name: SourceName, format?: string, cause?: unknown): FoleyError =>
  format === undefined
    ? bad(
        `${name} is not a video or sound file of a known format (${READ}).`,
        "Check that it is the right file; its name alone does not make it a video.",
        cause,
      )
    : bad(
        `${name} is ${format}, which is not read here; what is read: ${READ}.`,
        "Convert it to H.264 in mp4, or to WAV.",
        cause,
      );

/** A container without any track: its index was never written or is cut off. */
export const noIndex = (name: SourceName, cause?: unknown): FoleyError =>
  bad(
    `${name} has no index: it lists no tracks, so the recording or the copy was probably cut off before its end.`,
    "Copy or download it again, or record it again.",
    cause,
  );

/** Tracks, but nothing in them that could be shown or heard. */
export const noData = (name: SourceName): FoleyError =>
  bad(`${name} lists tracks but holds no frames and no sound.`, "Record or export it again.");

/** All of a track lies before the time at which a player begins. */
export const nothingLeft = (name: SourceName, what: "picture" | "sound"): FoleyError =>
  bad(
    `${name} leaves nothing of its ${what} to be played: all of it lies before the start, or is cut away.`,
    "Export it again with the program that cut it.",
  );

/** The index speaks of data that is not there. */
export const truncated = (name: SourceName, detail: string): FoleyError =>
  bad(`${name} is cut off: ${detail}.`, 'Copy or download it again, or open it with onError "hold" to use what is there.');

/** Data that does not decode, at a time in seconds, or structures that cannot be read. */
export const damaged = (name: SourceName, at: number | undefined, cause: unknown): FoleyError =>
  bad(
    `${name} is damaged or cut off: ${at === undefined ? "its structure cannot be read" : `its data cannot be decoded at ${Math.round(at * 1000) / 1000} s`}.`,
    'Copy or download it again, or read it with onError "hold".',
    cause,
  );

/** A picture whose packets no container takes, because their times or their sizes contradict each other. */
export const uncopied = (name: SourceName, container: string, cause: unknown): FoleyError =>
  bad(
    `The picture of ${name} cannot be copied into ${container}: its index contradicts itself.`,
    "Copy or download it again, or convert it with another program first.",
    cause,
  );

/** A file without a picture. */
export const noVideo = (name: SourceName, why = "has sound only"): FoleyError =>
  new FoleyError("no-video", `${name} has no picture: it ${why}.`, { hint: "Give a video file." });

/** A file without sound. */
export const noAudio = (name: SourceName): FoleyError =>
  new FoleyError("no-audio", `${name} has no sound track.`, { hint: "Give a file with sound." });

/** What codecs are called by those who use them, by the names that containers have for them. */
const codecNames: Readonly<Record<string, string>> = {
  mp4v: "MPEG-4 part 2",
  "V_MPEG4/ISO/ASP": "MPEG-4 part 2",
  jpeg: "Motion JPEG",
  mjpa: "Motion JPEG",
  mjpb: "Motion JPEG",
  V_MJPEG: "Motion JPEG",
  mp2v: "MPEG-2 video",
  V_MPEG1: "MPEG-1 video",
  V_MPEG2: "MPEG-2 video",
  V_THEORA: "Theora",
  HFYU: "HuffYUV",
  cvid: "Cinepak",
  rle: "QuickTime Animation",
  raw: "uncompressed video",
  AVdn: "DNxHD",
  alac: "Apple Lossless",
  A_TRUEHD: "Dolby TrueHD",
  avc: "H.264",
  hevc: "H.265",
};

/** A track whose codec nothing here decodes. */
export const undecodable = (name: SourceName, what: "picture" | "sound", codec: string): FoleyError => {
  const called = codecNames[codec] ? `${codecNames[codec]} ("${codec}")` : `"${codec}"`;
  return new FoleyError("unsupported", `The ${what} of ${name} is ${called}, for which there is no decoder here.`, {
    hint: `Convert it to ${what === "picture" ? "H.264" : "AAC"}, or put ffmpeg on the PATH where this runs in Node.`,
  });
};

/** What is said of a picture of a codec that is not read at all. */
export const unreadSentence = (name: SourceName, codec: string): string =>
  `The picture of ${name} is ${codec}, which is not read here.`;

/** A picture of a codec that is not read at all. */
export const unreadable = (name: SourceName, codec: string): FoleyError =>
  new FoleyError("unsupported", unreadSentence(name, codec), { hint: "Convert it to H.264 in mp4." });
