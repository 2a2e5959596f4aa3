/** How many rows MMAudio has for a clip (`model/sequence_config.py`, `eval_utils.py`). All in float64 and cut off as the reference cuts: 25·4.6 is 114. */

/** Pictures per second for CLIP, and for Synchformer. */
export const MMAUDIO_RATES = { clip: 8, sync: 25 } as const;

/** Pictures of a segment of Synchformer, from one to the next, and its rows. */
const SEGMENT = { length: 16, step: 8, rows: 8 } as const;

/** Frames of the mel for each latent. */
export const FRAMES_PER_LATENT = 2;

/** Latents that cover `seconds` of sound. */
export const mmaudioLatents = (
  seconds: number,
  { sampleRate, hop }: { readonly sampleRate: number; readonly hop: number },
): number => Math.ceil((seconds * sampleRate) / hop / FRAMES_PER_LATENT);

/** Rows of CLIP. */
export const mmaudioClipRows = (seconds: number): number => Math.trunc(seconds * MMAUDIO_RATES.clip);

/** Rows of Synchformer: those of its whole segments. */
export const mmaudioSyncRows = (seconds: number): number =>
  Math.trunc(((Math.floor((seconds * MMAUDIO_RATES.sync - SEGMENT.length) / SEGMENT.step) + 1) * SEGMENT.length) / 2);

/** What is left of a clip of which so many seconds were asked for and so many pictures were taken. */
export function mmaudioSeconds(
  asked: number,
  taken: { readonly clip: number; readonly sync: number },
): { readonly seconds: number; readonly clip: number; readonly sync: number } {
  let seconds = asked;
  for (const which of ["clip", "sync"] as const) seconds = Math.min(seconds, taken[which] / MMAUDIO_RATES[which]);
  return {
    seconds,
    clip: Math.trunc(MMAUDIO_RATES.clip * seconds),
    sync: Math.trunc(MMAUDIO_RATES.sync * seconds),
  };
}
