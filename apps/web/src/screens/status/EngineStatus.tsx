/** What computes. */

/** What computes, in a few words. */
export function EngineStatus() {
  return null;
}
