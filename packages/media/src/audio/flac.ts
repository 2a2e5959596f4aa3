/** FLAC files; the encoder, 320 kB of WebAssembly, is loaded when one is written. */
import { pcmSource, type Sound } from "./pcm-source.js";
import { streamOf } from "./sound-stream.js";

/** A lossless FLAC file of exactly the given samples, rounded to 16 bits, clipped at full scale. */
export async function encodeFlac(
  pcm: Sound,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const sound = pcmSource(pcm, "pcm");
  const { flacBytes } = await import("./flac-file.js");
  return flacBytes(streamOf(sound), options.signal);
}
