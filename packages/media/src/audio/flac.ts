/** FLAC files; the encoder, 320 kB of WebAssembly, is loaded when one is written. */
import type { Pcm } from "./pcm.js";
import { pcmSource, type Sound } from "./pcm-source.js";
import { fitBlocks, resampleBlocks } from "./resample.js";
import { type Block, streamOf } from "./sound-stream.js";

/** A lossless FLAC file of exactly the given samples, rounded to 16 bits, clipped at full scale. */
export async function encodeFlac(
  pcm: Sound,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const sound = pcmSource(pcm, "pcm");
  const { flacBytes } = await import("./flac-file.js");
  return flacBytes(streamOf(sound), options.signal);
}

/** Options of {@link writeFlac}. */
export interface WriteFlacOptions {
  /** How long the sound lasts, seconds: the file has `round(totalSeconds × sampleRate)` samples, silent at the end if there are fewer. */
  readonly totalSeconds: number;
  /** Hz of the file. Default: that of the pieces. */
  readonly sampleRate?: number | undefined;
  /** Stops the writing; the stream is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a FLAC file of sound that comes in pieces, and closes the stream: the bytes that `encodeFlac` gives of the pieces joined and resampled. A
 * stream that can seek, such as a `FileSystemWritableFileStream`, is written as they come; any other gets the whole file at the end, since its
 * header is completed last.
 *
 * @param pieces - all of one rate and number of channels, in order, without gaps
 * @throws what the pieces and the stream throw; the stream is aborted
 */
export async function writeFlac(
  stream: WritableStream<Uint8Array<ArrayBuffer>>,
  pieces: AsyncIterable<Pcm>,
  { totalSeconds, sampleRate: wanted, signal }: WriteFlacOptions,
): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    if (first.done) return await stream.close();
    const { sampleRate: from, channels } = first.value;
    const sampleRate = wanted ?? from;
    const length = Math.round(totalSeconds * sampleRate);
    const blocks = async function* (): AsyncGenerator<Block> {
      for (let next: IteratorResult<Pcm> = first; !next.done; next = await iterator.next()) yield next.value.channels;
    };
    const fitted = fitBlocks(resampleBlocks(blocks(), from, sampleRate), channels.length, length);
    const { flacToStream } = await import("./flac-file.js");
    await flacToStream({ sampleRate, channelCount: channels.length, length, blocks: fitted }, stream, signal);
  } catch (error) {
    // Already so when it was the writing that failed.
    if (!stream.locked) await stream.abort(error).catch(() => undefined);
    throw error;
  } finally {
    await iterator.return?.();
  }
}
