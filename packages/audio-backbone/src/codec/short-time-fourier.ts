/**
 * Short-time Fourier transform and its inverse as matrix products, so that the codec is one graph of fast ops on every
 * device. Frames of four hops, periodic Hann window, `samples / hop` frames centred on the middle of each hop.
 */
import type { GraphValue } from "@foley-control/core";
import { float, ops } from "@foley-control/graph";

/** Hops per window. */
export const OVERLAP = 4;

/** Bins of the transform for a hop. */
export const binsOf = (hop: number): number => (hop * OVERLAP) / 2 + 1;

/** A complex spectrum [batch, frames, bins]. */
export interface Spectrum {
  /** Real parts. */
  readonly real: GraphValue;
  /** Imaginary parts. */
  readonly imaginary: GraphValue;
}

const hann = (size: number) => Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));

/** Everything constant for one hop size; build once per graph. */
export interface FourierConstants {
  /** Samples between frames. */
  readonly hop: number;
  /** Frequencies of one frame. */
  readonly bins: number;
  /** `[window, 2·bins]`: windowed analysis, scaled so that a full-scale sine has the magnitude ½. */
  readonly analysis: GraphValue;
  /** `[2·bins, window]`: windowed synthesis, the inverse of the above up to the overlap. */
  readonly synthesis: GraphValue;
  /** 1 / Σ window² at every sample of the padded signal, [frames + 3, hop]; one constant per number of frames. */
  readonly inverseOverlap: (frames: number) => GraphValue;
}

/** Analysis and synthesis matrices. */
export function fourierConstants(hop: number): FourierConstants {
  const size = hop * OVERLAP;
  const bins = binsOf(hop);
  const window = hann(size);
  const total = window.reduce((a, b) => a + b, 0);
  const analysis = new Float32Array(size * 2 * bins);
  const synthesis = new Float32Array(2 * bins * size);
  for (let n = 0; n < size; n++) {
    for (let k = 0; k < bins; k++) {
      const angle = (2 * Math.PI * ((n * k) % size)) / size;
      const w = window[n] as number;
      analysis[n * 2 * bins + k] = (w * Math.cos(angle)) / total;
      analysis[n * 2 * bins + bins + k] = (-w * Math.sin(angle)) / total;
      const twice = k === 0 || k === bins - 1 ? 1 : 2;
      synthesis[k * size + n] = (w * twice * Math.cos(angle) * total) / size;
      synthesis[(bins + k) * size + n] = (-w * twice * Math.sin(angle) * total) / size;
    }
  }
  const overlaps = new Map<number, GraphValue>();
  return {
    hop,
    bins,
    analysis: float(analysis, [size, 2 * bins]),
    synthesis: float(synthesis, [2 * bins, size]),
    inverseOverlap(frames) {
      const known = overlaps.get(frames) ?? inverseOverlap(frames, hop);
      overlaps.set(frames, known);
      return known;
    },
  };
}

/** Samples of padding on each side of the signal: 1½ hops. */
export const paddingOf = (hop: number): number => ((OVERLAP - 1) * hop) / 2;

/** audio [batch, samples] with samples = frames·hop → spectrum of `frames` frames. */
export function analyse(audio: GraphValue, constants: FourierConstants): Spectrum {
  const pad = paddingOf(constants.hop);
  return analysePadded(ops.pad(audio, 1, pad, pad), constants);
}

/** As {@link analyse} for a signal that already has its padding. */
export function analysePadded(padded: GraphValue, { hop, bins, analysis }: FourierConstants): Spectrum {
  const [batch, samples] = padded.shape as readonly [number, number];
  const blocks = samples / hop;
  const frames = blocks - (OVERLAP - 1);
  const cut = ops.reshape(padded, [batch, blocks, hop]);
  const windows = ops.concat(
    Array.from({ length: OVERLAP }, (_, i) => ops.slice(cut, 1, i, i + frames)),
    2,
  );
  const [real, imaginary] = ops.split(ops.matmul(windows, analysis), [bins, bins], -1) as [GraphValue, GraphValue];
  return { real, imaginary };
}

/** Spectrum → padded signal [batch, (frames + 3)·hop], least squares (Griffin & Lim 1984). */
export function synthesisePadded(spectrum: Spectrum, { hop, synthesis, inverseOverlap }: FourierConstants): GraphValue {
  const [batch, frames] = spectrum.real.shape as readonly [number, number, number];
  const windows = ops.matmul(ops.concat([spectrum.real, spectrum.imaginary], 2), synthesis);
  let total: GraphValue | undefined;
  for (let i = 0; i < OVERLAP; i++) {
    const part = ops.pad(ops.slice(windows, 2, i * hop, (i + 1) * hop), 1, i, OVERLAP - 1 - i);
    total = total ? ops.add(total, part) : part;
  }
  return ops.reshape(ops.multiply(total as GraphValue, inverseOverlap(frames)), [batch, (frames + OVERLAP - 1) * hop]);
}

/** Spectrum → signal [batch, frames·hop]. */
export function synthesise(spectrum: Spectrum, constants: FourierConstants): GraphValue {
  const padded = synthesisePadded(spectrum, constants);
  const pad = paddingOf(constants.hop);
  return ops.slice(padded, 1, pad, (padded.shape[1] as number) - pad);
}

/** See {@link FourierConstants.inverseOverlap}. */
function inverseOverlap(frames: number, hop: number): GraphValue {
  const window = hann(hop * OVERLAP);
  const total = new Float64Array((frames + OVERLAP - 1) * hop);
  for (let frame = 0; frame < frames; frame++)
    for (let n = 0; n < window.length; n++)
      total[frame * hop + n] = (total[frame * hop + n] as number) + (window[n] as number) ** 2;
  return float(
    Float32Array.from(total, (x) => (x > 1e-3 ? 1 / x : 0)),
    [frames + OVERLAP - 1, hop],
  );
}
