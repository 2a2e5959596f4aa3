/** Which clips are trained on, and which are kept back to judge by. */
import { FoleyError } from "@foley-control/core";
import { type ClipRow, HELD_OUT_SPLIT } from "../../data/clip-row.js";

/** One clip in so many is held out, and at most so many in all, when nothing else is said. */
const [HELD_OUT_ONE_IN, HELD_OUT_MOST] = [20, 64];

/**
 * Splits clips: those of a part of the data set are held out, or so many, which are told apart by their content, so that neither order nor
 * names matter.
 *
 * @param wanted - a number, or the name of a part. Default: `HELD_OUT_SPLIT` where there is one, else one in twenty, at most 64
 * @returns places in `clips`
 * @throws FoleyError `invalid-argument` when nothing is left to train on, or there is no such part
 */
export function splitClips(
  clips: readonly ClipRow[],
  wanted?: number | string,
): { readonly training: readonly number[]; readonly heldOut: readonly number[] } {
  const heldOut = wanted ?? (clips.some(({ split }) => split === HELD_OUT_SPLIT) ? HELD_OUT_SPLIT : undefined);
  const ids = [...new Set(clips.map(({ id = "" }) => id))].sort();
  const count = typeof heldOut === "string" ? 0 : (heldOut ?? Math.min(HELD_OUT_MOST, Math.floor(ids.length / HELD_OUT_ONE_IN)));
  const held = new Set(ids.slice(0, count));
  const isHeld = ({ id = "", split }: ClipRow) => (typeof heldOut === "string" ? split === heldOut : held.has(id));
  const rows = [...clips.keys()];
  const parts = {
    training: rows.filter((row) => !isHeld(clips[row] as ClipRow)),
    heldOut: rows.filter((row) => isHeld(clips[row] as ClipRow)),
  };
  if (typeof heldOut === "string" && parts.heldOut.length === 0) {
    const known = [...new Set(clips.flatMap(({ split }) => split ?? []))].sort().join(", ");
    throw new FoleyError("invalid-argument", `No clip is of the part "${heldOut}", which was to be held out.`, {
      hint: known === "" ? "The clips are of no part; give a number." : `Their parts are ${known}.`,
    });
  }
  if (!Number.isSafeInteger(count) || count < 0 || parts.training.length === 0) {
    const what = typeof heldOut === "string" ? parts.heldOut.length : count;
    throw new FoleyError("invalid-argument", `${what} of ${ids.length} clips cannot be held out.`, {
      hint: "Hold out fewer: some must be left to train on.",
    });
  }
  return parts;
}
