/** WAV files of sound that comes in pieces: written as it comes, because its length is known before. */
import type { Pcm } from "./pcm.js";
import { fitBlocks, resampleBlocks } from "./resample.js";
import { type WavOptions, wavHeader, wavSamples } from "./wav.js";

/** Options of {@link wavStream}. */
export interface WavStreamOptions extends WavOptions {
  /** How long the sound lasts, seconds: the file has `round(totalSeconds × sampleRate)` samples, silent at the end if there are fewer. */
  readonly totalSeconds: number;
  /** Hz of the file. Default: that of the pieces. */
  readonly sampleRate?: number | undefined;
  /** What becomes of more than 4 GiB, which no header can name: an error before the first byte, or a header that says as much as it can. Default "throw". */
  readonly tooLong?: "throw" | "open" | undefined;
}

/**
 * The bytes of a WAV file: those that `encodeWav` gives of the pieces joined and resampled.
 *
 * @param pieces - all of one rate and number of channels, in order, without gaps
 * @throws FoleyError as `encodeWav`; what the pieces throw
 */
export async function* wavStream(
  pieces: AsyncIterable<Pcm>,
  { totalSeconds, sampleRate: wanted, bits = 16, tooLong = "throw" }: WavStreamOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    if (first.done) return;
    const { sampleRate: from, channels } = first.value;
    const sampleRate = wanted ?? from;
    const length = Math.round(totalSeconds * sampleRate);
    yield wavHeader({ sampleRate, channelCount: channels.length, length }, bits, tooLong === "open");
    const blocks = async function* (): AsyncGenerator<readonly Float32Array[]> {
      for (let next: IteratorResult<Pcm> = first; !next.done; next = await iterator.next()) yield next.value.channels;
    };
    let bytes = 0;
    for await (const block of fitBlocks(resampleBlocks(blocks(), from, sampleRate), channels.length, length)) {
      const samples = wavSamples(block, bits);
      bytes += samples.length;
      yield samples;
    }
    if (bytes % 2 === 1) yield new Uint8Array(1);
  } finally {
    await iterator.return?.();
  }
}
