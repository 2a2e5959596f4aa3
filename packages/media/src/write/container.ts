/** The containers this package writes, and which codecs go into them. */
import { MkvOutputFormat, MovOutputFormat, Mp4OutputFormat, type OutputFormat, WebMOutputFormat } from "mediabunny";
import { AAC_SAMPLE_RATES } from "../audio/encode-packets.js";
import { resampled, type SoundStream } from "../audio/sound-stream.js";
import type { VideoContainer } from "./container-name.js";

/**
 * How the index of an mp4 or mov gets to its front, where players want it: the rest waits "in-memory"; a gap for it is "reserved", which
 * takes the number of packets; or it does not, and comes "last". "in-order" is for what cannot go back: an index for every second, and
 * Matroska without its length.
 */
export type OutputLayout = "in-memory" | "reserved" | "last" | "in-order";

/** Bytes from which an output does not wait in memory. */
export const LARGE_OUTPUT = 32 * 2 ** 20;

/** Bytes that are handed on at once. */
export const CHUNK_BYTES = 4 * 2 ** 20;

const FAST_START = { "in-memory": "in-memory", reserved: "reserve", last: false, "in-order": "fragmented" } as const;

/** The muxer of a container. */
export function outputFormat(container: VideoContainer, layout: OutputLayout): OutputFormat {
  const fastStart = FAST_START[layout];
  const appendOnly = layout === "in-order";
  // As boxes of their own, so that those of a source can be copied.
  const metadataFormat = "udta";
  switch (container) {
    case "mp4":
      return new Mp4OutputFormat({ fastStart, metadataFormat });
    case "mov":
      return new MovOutputFormat({ fastStart, metadataFormat });
    case "webm":
      return new WebMOutputFormat({ appendOnly });
    case "mkv":
      return new MkvOutputFormat({ appendOnly });
  }
}

/** The audio codec that this package writes into a container. */
export function audioCodecFor(container: VideoContainer): "aac" | "opus" {
  return container === "webm" || container === "mkv" ? "opus" : "aac";
}

/** The sound at a rate that the codec can carry: 48 kHz for Opus; for AAC another only when the rate is none of its own. */
export const prepared = (sound: SoundStream, codec: "aac" | "opus"): SoundStream =>
  resampled(sound, codec === "opus" || !AAC_SAMPLE_RATES.includes(sound.sampleRate) ? 48_000 : sound.sampleRate);
