/**
 * Long latents decoded piece by piece. A convolutional decoder needs only some latents around those that it turns into sound
 * (`AudioCodec.decodeContext`), so that pieces of one length, overlapping, give the whole, in memory that does not grow with the clip and
 * with one graph for all of them.
 */
import { type AudioCodec, FoleyError } from "@foley-control/core";

/** One run of the decoder, counted in latents. */
export interface DecodePiece {
  /** First latent that is given to the decoder. */
  readonly from: number;
  /** The one behind the last. */
  readonly to: number;
  /** First latent whose sound is kept; what the decoder makes of those before it is thrown away. */
  readonly keepFrom: number;
  /** The one behind the last whose sound is kept. */
  readonly keepTo: number;
}

/**
 * The pieces that make up `frames` latents, in order. All are of one length; the last ends with the clip and keeps what is still missing.
 * A clip that fits, and a codec that names no limit, is one piece.
 *
 * @throws FoleyError `invalid-argument` for a chunk that has nothing between its contexts.
 * @example
 * ```ts
 * for (const { from, to, keepFrom, keepTo } of planDecode(codec, 216)) {
 *   // Decode the latents from..to; keep the samples (keepFrom - from)·hop..(keepTo - from)·hop of what comes out.
 * }
 * ```
 */
export function planDecode(codec: Pick<AudioCodec, "decodeContext" | "decodeChunk">, frames: number): readonly DecodePiece[] {
  const { decodeContext: context, decodeChunk: chunk } = codec;
  if (context === undefined || chunk === undefined || frames <= chunk)
    return [{ from: 0, to: frames, keepFrom: 0, keepTo: frames }];
  if (chunk <= 2 * context) {
    throw new FoleyError(
      "invalid-argument",
      `A chunk of ${chunk} latents has nothing between its contexts of ${context} latents on both sides.`,
      { hint: `Decode at least ${2 * context + 1} latents at once.` },
    );
  }
  const pieces: DecodePiece[] = [];
  for (let keepFrom = 0; keepFrom < frames; ) {
    const from = Math.min(Math.max(0, keepFrom - context), frames - chunk);
    const to = from + chunk;
    const keepTo = to === frames ? frames : to - context;
    pieces.push({ from, to, keepFrom, keepTo });
    keepFrom = keepTo;
  }
  return pieces;
}
