/** The sound of a clip into the standard output, as WAV, while the rest of it is made. */
import { type Pcm, wavStream } from "@foley-control/media/node";
import { DEFAULT_SAVE_BITS, DEFAULT_SAVE_RATE, type SoundPiece, type SoundSummary } from "@foley-control/pipeline/node";

/**
 * Writes pieces as they come. The file is the one that a take is saved as; beyond 4 GiB its header says less than there is.
 *
 * @param output - where bytes go; the next piece waits until they are taken
 * @returns how the sound was made
 */
export async function pipeSound(
  pieces: AsyncGenerator<SoundPiece, SoundSummary, undefined>,
  output: (bytes: Uint8Array) => Promise<void>,
): Promise<SoundSummary> {
  const first = await pieces.next();
  if (first.done) return first.value;
  const { totalSeconds } = first.value;
  let summary: SoundSummary | undefined;
  const sound = async function* (): AsyncGenerator<Pcm> {
    try {
      let next: IteratorResult<SoundPiece, SoundSummary> = first;
      for (; !next.done; next = await pieces.next()) yield next.value;
      summary = next.value;
    } finally {
      await pieces.return(undefined as never);
    }
  };
  const wav = wavStream(sound(), { totalSeconds, sampleRate: DEFAULT_SAVE_RATE, bits: DEFAULT_SAVE_BITS, tooLong: "open" });
  for await (const bytes of wav) await output(bytes);
  return summary as SoundSummary;
}
