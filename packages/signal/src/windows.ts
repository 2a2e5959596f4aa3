/** Analysis windows (Harris, "On the use of windows for harmonic analysis with the DFT", Proc. IEEE 66, 1978). */
import { checkInteger, checkName, checkOptions } from "./check.js";

/** Window shapes: cosine sums, all ones, or Kaiser (with `beta`). */
export type WindowName = "hann" | "hamming" | "blackman" | "rectangular" | "kaiser";

const WINDOW_NAMES: readonly WindowName[] = ["hann", "hamming", "blackman", "rectangular", "kaiser"];

/** Options of {@link createWindow}. */
export interface WindowOptions {
  /** Periodic (for transforms) or symmetric (for filters). Default `true`. */
  readonly periodic?: boolean;
  /** Shape parameter of the Kaiser window. Default {@link DEFAULT_KAISER_BETA}. */
  readonly beta?: number;
}

/** β of the Kaiser window when none is given. */
export const DEFAULT_KAISER_BETA = 14.769656459379492;

/**
 * A window of `length` values in [0, 1].
 *
 * @throws FoleyError `invalid-argument` when `length` is not a positive integer.
 */
export function createWindow(name: WindowName, length: number, options: WindowOptions = {}): Float64Array {
  checkName("name", name, WINDOW_NAMES);
  checkInteger("window length", length, 1);
  checkOptions(options, "{ periodic: true }");
  const { periodic = true, beta = DEFAULT_KAISER_BETA } = options;
  const window = new Float64Array(length);
  const span = periodic ? length : length - 1;
  for (let i = 0; i < length; i++) {
    const phase = span === 0 ? Math.PI : (2 * Math.PI * i) / span;
    window[i] = valueAt(name, phase, beta);
  }
  return window;
}

function valueAt(name: WindowName, phase: number, beta: number): number {
  switch (name) {
    case "hann":
      return 0.5 - 0.5 * Math.cos(phase);
    case "hamming":
      return 0.54 - 0.46 * Math.cos(phase);
    case "blackman":
      return 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
    case "rectangular":
      return 1;
    case "kaiser": {
      const x = phase / Math.PI - 1;
      return besselI0(beta * Math.sqrt(Math.max(0, 1 - x * x))) / besselI0(beta);
    }
  }
}

/** Modified Bessel function of the first kind, order 0, by its power series (exact to float64 for arguments up to about 50). */
export function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 500; k++) {
    term *= quarter / (k * k);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}
