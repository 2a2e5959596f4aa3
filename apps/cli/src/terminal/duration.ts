/** A stretch of time as a person says it. */

/** "12 s", "5 min", "3 h 20 min"; "?" when it is not known. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : minutes > 0
      ? `${minutes} min`
      : `${Math.round(seconds)} s`;
}

/** As a clock shows it: "0:07", "12:34", "1:02:03". */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Seconds for which a guess of what is left is believed. */
const BELIEVED_SECONDS = 4;
/** Nothing is guessed from less time, or from a smaller share. */
const LEAST = { seconds: 2, share: 0.02 };

/**
 * Guesses how long work goes on, from the first share on: what was waited for until then (a model) is no measure of the rest. A guess runs down
 * like a clock and drifts to what the work shows, so that it never leaps.
 *
 * @param piece - share of one piece of work, which is enough to guess from where there are many
 */
export function createTimeLeft(piece = 1): (elapsed: number, share: number) => number | undefined {
  let first: { readonly elapsed: number; readonly share: number } | undefined;
  let [guess, at] = [Number.NaN, 0];
  return (elapsed, share) => {
    if (share > 0) first ??= { elapsed, share };
    if (!first || elapsed - first.elapsed < LEAST.seconds || share - first.share < Math.min(LEAST.share, piece)) return undefined;
    const shown = ((elapsed - first.elapsed) * (1 - share)) / (share - first.share);
    const passed = elapsed - at;
    const trust = 1 - Math.exp(-passed / BELIEVED_SECONDS);
    guess = Number.isNaN(guess) ? shown : Math.max(0, guess - passed) * (1 - trust) + shown * trust;
    at = elapsed;
    return guess;
  };
}
