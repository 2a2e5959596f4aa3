/** FLAC files; the encoder, 320 kB of WebAssembly, is loaded when one is written. */
import { checkPcm, type Pcm } from "./pcm.js";

/** A lossless FLAC file of exactly the given samples, rounded to 16 bits, clipped at full scale. */
export async function encodeFlac(
  pcm: Pcm,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkPcm(pcm, "pcm");
  const { flacFile } = await import("./flac-file.js");
  return flacFile(pcm, options.signal);
}
