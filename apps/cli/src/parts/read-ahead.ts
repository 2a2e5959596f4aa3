/** Clips are read by another process, which takes longer to start than to read a clip. */

/** Starts what reads clips while the rest of a command is loaded. Should it not start, opening a clip says so. */
export function readAhead(): void {
  void import("@foley-control/media/node").then(({ prepareReading }) => prepareReading()).catch(() => undefined);
}
