/** One-line readers for when a file is needed once. */
import type { Pcm } from "../audio/pcm.js";
import type { AudioOptions, MediaInfo } from "../read/types.js";
import { processes } from "./apart/guests.js";
import { type NodeMediaSource, type NodeOpenOptions, openMedia } from "./open-media.js";

/**
 * Starts the process that reads the next file, where none waits for one: ahead, while something else is loaded. It is kept for ten seconds.
 * Does nothing where no process can be started.
 */
export const prepareReading = (): Promise<void> => processes.prepare();

/** What is in a file. Needs no decoder. Errors as {@link openMedia}. */
export async function probe(source: NodeMediaSource, options: NodeOpenOptions = {}): Promise<MediaInfo> {
  const file = await openMedia(source, options);
  file.dispose();
  return file.info;
}

/** The sound of a wav, flac, mp3, ogg or video file at its own rate. Errors as {@link openMedia} and `MediaFile.audio`. */
export async function readAudio(source: NodeMediaSource, options: NodeOpenOptions & AudioOptions = {}): Promise<Pcm> {
  const file = await openMedia(source, options);
  try {
    return await file.audio(options);
  } finally {
    file.dispose();
  }
}
