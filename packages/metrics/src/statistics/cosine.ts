/** Cosine of embeddings, and the mean over the clips of a video as ImageBind's users take it. */
import { FoleyError } from "@foley-control/core";
import { checkPaired, checkRows, type Rows } from "./rows.js";

/** Length below which PyTorch's `normalize` and `cosine_similarity` stop dividing. */
const SHORTEST = { normalise: 1e-12, cosine: 1e-8 };

/**
 * Cosine of the angle between rows of the same index; 0 for a row of zeros.
 *
 * @returns One value in −1 … 1 per pair.
 * @throws FoleyError `shape-mismatch` unless both sides have as many rows of the same width, `invalid-argument` for numbers that are
 * not finite.
 */
export function cosines(a: Rows, b: Rows): Float64Array {
  checkRows("The first side", a);
  checkRows("The second side", b);
  checkPaired("The sides", a, b);
  const { width } = a;
  return Float64Array.from({ length: a.count }, (_, row) => {
    let dot = 0;
    let first = 0;
    let second = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      dot += a.data[i]! * b.data[i]!;
      first += a.data[i]! ** 2;
      second += b.data[i]! ** 2;
    }
    return dot / (Math.max(Math.sqrt(first), SHORTEST.cosine) * Math.max(Math.sqrt(second), SHORTEST.cosine));
  });
}

/**
 * One row per item from several clips of it: every clip is brought to length 1, the mean over the clips is not. A constant factor that
 * a network applies afterwards (ImageBind scales sound by 20) falls out of every cosine.
 *
 * @param clips - All clips of the first item, then of the second, …
 * @param perItem - Clips of one item.
 * @throws FoleyError `shape-mismatch` when the rows are no multiple of `perItem`.
 */
export function meanOfClips(clips: Rows, perItem: number): Rows {
  checkRows("clips", clips);
  if (!Number.isSafeInteger(perItem) || perItem < 1 || clips.count % perItem !== 0)
    throw new FoleyError("shape-mismatch", `${clips.count} clips are not a whole number of items of ${perItem}.`, {
      hint: "Pass the same number of clips for every item.",
    });
  const { width, data } = clips;
  const count = clips.count / perItem;
  const out = new Float64Array(count * width);
  for (let clip = 0; clip < clips.count; clip++) {
    let squares = 0;
    for (let i = 0; i < width; i++) squares += data[clip * width + i]! ** 2;
    const scale = 1 / (Math.max(Math.sqrt(squares), SHORTEST.normalise) * perItem);
    const item = Math.floor(clip / perItem) * width;
    for (let i = 0; i < width; i++) out[item + i]! += data[clip * width + i]! * scale;
  }
  return { count, width, data: out };
}
