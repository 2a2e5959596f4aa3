/** The takes of a cue, side by side. */

/** The takes of a cue, side by side. */
export function TakesPane() {
  return null;
}
