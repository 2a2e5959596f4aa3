/**
 * Phases for magnitudes, inside the graph: a first guess from the magnitude's own slope along frequency (phase gradient
 * of a Gaussian-like window: Průša, Balazs & Søndergaard, "A noniterative method for reconstruction of phase from STFT
 * magnitude", 2017), then fast Griffin-Lim iterations (Perraudin, Balazs & Søndergaard 2013).
 */
import type { GraphValue } from "@foley-control/core";
import { float, ops } from "@foley-control/graph";
import {
  analysePadded,
  type FourierConstants,
  OVERLAP,
  type Spectrum,
  synthesise,
  synthesisePadded,
} from "./short-time-fourier.js";

/** γ/L² of a Hann window of length L (Průša et al., table I). */
const HANN_GAMMA = 0.25645;
const MOMENTUM = 0.99;
const TINY = 1e-12;

/**
 * Finds phases that fit a magnitude spectrum, and the signal they give.
 *
 * @param magnitude - [batch, frames, bins], not negative.
 * @param logMagnitude - Its natural logarithm.
 * @param iterations - Griffin-Lim iterations; 0 keeps the first guess.
 * @returns Signal [batch, frames·hop].
 */
export function withPhase(
  magnitude: GraphValue,
  logMagnitude: GraphValue,
  constants: FourierConstants,
  iterations: number,
): GraphValue {
  const phase = firstPhase(logMagnitude, constants);
  let current: Spectrum = { real: ops.multiply(magnitude, ops.cos(phase)), imaginary: ops.multiply(magnitude, ops.sin(phase)) };
  let previous: Spectrum | undefined;
  for (let i = 0; i < iterations; i++) {
    const projected = analysePadded(synthesisePadded(current, constants), constants);
    const pushed = previous ? accelerate(projected, previous) : projected;
    previous = projected;
    const scale = ops.divide(magnitude, ops.sqrt(ops.add(ops.add(ops.square(pushed.real), ops.square(pushed.imaginary)), TINY)));
    current = { real: ops.multiply(pushed.real, scale), imaginary: ops.multiply(pushed.imaginary, scale) };
  }
  return synthesise(current, constants);
}

function accelerate(now: Spectrum, before: Spectrum): Spectrum {
  const push = (a: GraphValue, b: GraphValue) => ops.add(a, ops.multiply(ops.subtract(a, b), MOMENTUM));
  return { real: push(now.real, before.real), imaginary: push(now.imaginary, before.imaginary) };
}

/** Phase advance per frame summed over time; the advance of a bin is pulled towards the peak it belongs to. */
function firstPhase(logMagnitude: GraphValue, { hop, bins }: FourierConstants): GraphValue {
  const [, frames] = logMagnitude.shape as readonly [number, number, number];
  const size = hop * OVERLAP;
  const above = ops.concat([ops.slice(logMagnitude, 2, 1, bins), ops.slice(logMagnitude, 2, bins - 1, bins)], 2);
  const below = ops.concat([ops.slice(logMagnitude, 2, 0, 1), ops.slice(logMagnitude, 2, 0, bins - 1)], 2);
  const slope = ops.multiply(ops.subtract(above, below), (hop * size) / (2 * HANN_GAMMA * size * size));
  // The advance of the bin's own centre is added after the sum, reduced modulo one turn so that it stays exact.
  const summed = ops.matmul(lowerTriangle(frames), slope);
  const centre = new Float32Array(frames * bins);
  for (let frame = 0; frame < frames; frame++) {
    for (let bin = 0; bin < bins; bin++) centre[frame * bins + bin] = (2 * Math.PI * ((frame * hop * bin) % size)) / size;
  }
  return ops.add(summed, float(centre, [frames, bins]));
}

/** Sum over all earlier frames as a matrix. */
function lowerTriangle(frames: number): GraphValue {
  const data = new Float32Array(frames * frames);
  for (let row = 0; row < frames; row++) data.fill(1, row * frames, row * frames + row + 1);
  return float(data, [frames, frames]);
}
