/**
 * Looks whether a worker still answers. Looks are counted, not time: a page that slept or was slow itself has looked less often, and has waited for
 * nobody.
 */

/** Milliseconds between two looks. */
const LOOK = 1000;
/** Looks without an answer after which nobody is there any more; a machine that does much else at once is slow, not damaged. */
const LOOKS = 20;

/** Asks again and again; calls `onSilence` once when no answer comes. Gives back what ends it. */
export function watchAnswers(
  ask: () => Promise<unknown>,
  onSilence: () => void,
  { every = LOOK, looks = LOOKS }: { readonly every?: number; readonly looks?: number } = {},
): () => void {
  let waited = 0;
  let asking = false;
  const timer = setInterval(() => {
    if (!asking) {
      asking = true;
      waited = 0;
      const answered = (): void => {
        asking = false;
      };
      ask().then(answered, answered);
    } else if (++waited >= looks) {
      clearInterval(timer);
      onSilence();
    }
  }, every);
  return () => clearInterval(timer);
}
