/** Frames at other times: cubic interpolation along the first axis, its ends kept, as PyTorch's bicubic `interpolate` does it. */
import { FoleyError } from "@foley-control/core";
import { checkInteger, checkNumbers } from "./check.js";

/** PyTorch's cubic without antialiasing; Pillow's has −0.5. */
const SHARPNESS = -0.75;
const f32 = Math.fround;

/**
 * Stretches frames to another number of them; the first and the last keep their place (`align_corners`). Places and weights are rounded
 * to float32 where the reference rounds them: its outer weights are what remains when larger numbers cancel, and carry 5e-7 of it.
 *
 * @param values - [frames × bands].
 * @returns [toFrames × bands].
 * @throws FoleyError `invalid-argument` for counts that are no positive integers, `shape-mismatch` for values that do not fit them.
 */
export function stretchFrames(
  values: Float32Array | Float64Array,
  frames: number,
  bands: number,
  toFrames: number,
): Float64Array {
  checkNumbers("values", values, "Pass the values first, then how many frames and bands they are.");
  for (const [name, value] of Object.entries({ frames, bands, toFrames })) checkInteger(name, value, 1);
  if (values.length !== frames * bands) {
    const what = `${frames} frames of ${bands} bands are ${frames * bands} values; got ${values.length}.`;
    throw new FoleyError("shape-mismatch", what, { hint: "Pass the frames one after the other." });
  }
  const out = new Float64Array(toFrames * bands);
  const scale = toFrames > 1 ? f32((frames - 1) / (toFrames - 1)) : 0;
  for (let i = 0; i < toFrames; i++) {
    const place = f32(scale * i);
    const first = Math.floor(place);
    const t = f32(place - first);
    const rest = f32(1 - t);
    const weights = [outer(f32(t + 1)), inner(t), inner(rest), outer(f32(rest + 1))];
    for (const [k, weight] of weights.entries()) {
      const frame = Math.max(0, Math.min(frames - 1, first - 1 + k)) * bands;
      for (let band = 0; band < bands; band++) out[i * bands + band]! += weight * values[frame + band]!;
    }
  }
  return out;
}

/** Keys' cubic up to 1 from the centre. */
const inner = (x: number) => f32(f32(f32((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x) * x + 1);
/** Keys' cubic from 1 to 2 from the centre. */
const outer = (x: number) => f32(f32(f32(f32(SHARPNESS * x - 5 * SHARPNESS) * x + 8 * SHARPNESS) * x) - 4 * SHARPNESS);
