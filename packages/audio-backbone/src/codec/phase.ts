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

/** Frames that are summed by one product; a multiple of {@link OVERLAP}, so that the advance of a bin's centre is the same in each stretch. */
const STRETCH = 64;

/** Phase advance per frame summed over time; the advance of a bin is pulled towards the peak it belongs to: [batch, frames, bins] of radians. */
export function firstPhase(logMagnitude: GraphValue, { hop, bins }: FourierConstants): GraphValue {
  const [batch, frames] = logMagnitude.shape as readonly [number, number, number];
  const size = hop * OVERLAP;
  const above = ops.concat([ops.slice(logMagnitude, 2, 1, bins), ops.slice(logMagnitude, 2, bins - 1, bins)], 2);
  const below = ops.concat([ops.slice(logMagnitude, 2, 0, 1), ops.slice(logMagnitude, 2, 0, bins - 1)], 2);
  const slope = ops.multiply(ops.subtract(above, below), (hop * size) / (2 * HANN_GAMMA * size * size));
  // Within each stretch, then over the stretches: one triangle of all frames grows with the square of their number, 40 MB for 16 s.
  const stretches = Math.ceil(frames / STRETCH);
  const padded = ops.reshape(ops.pad(slope, 1, 0, stretches * STRETCH - frames), [batch, stretches, STRETCH, bins]);
  const within = ops.matmul(triangle(STRETCH, 1), padded);
  const wholes = ops.reshape(ops.slice(within, 2, STRETCH - 1, STRETCH), [batch, stretches, bins]);
  const before = ops.reshape(ops.matmul(triangle(stretches, 0), wholes), [batch, stretches, 1, bins]);
  // The advance of the bin's own centre is added after the sum, reduced modulo one turn so that it stays exact.
  const centre = new Float32Array(STRETCH * bins);
  for (let frame = 0; frame < STRETCH; frame++) {
    for (let bin = 0; bin < bins; bin++) centre[frame * bins + bin] = (2 * Math.PI * ((frame * hop * bin) % size)) / size;
  }
  const phase = ops.add(ops.add(within, before), float(centre, [STRETCH, bins]));
  return ops.slice(ops.reshape(phase, [batch, stretches * STRETCH, bins]), 1, 0, frames);
}

/** The sum over everything earlier as a matrix; `itself` is 1 where what is at a place counts there, and 0 where it does not. */
function triangle(size: number, itself: 0 | 1): GraphValue {
  const data = new Float32Array(size * size);
  for (let row = 0; row < size; row++) data.fill(1, row * size, row * size + row + itself);
  return float(data, [size, size]);
}
