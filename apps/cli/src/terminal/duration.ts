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
