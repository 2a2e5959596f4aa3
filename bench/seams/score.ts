/** Whether places in a sound can be told from others by what changes at them. */
import { MEL_STEP_SECONDS, melPowers } from "../shared/mel.js";

/** Seconds on either side of a place that are compared. */
const SIDE_SECONDS = 0.05;
const BANDS = 40;
/** Power below which nothing is heard. */
const FLOOR = 1e-10;

/** What changes from one side of a place to the other, dB. */
export interface Jump {
  /** Root mean square over mel bands of the change of each. */
  readonly spectrum: number;
  /** Change of the level, without sign. */
  readonly loudness: number;
}

/** The jump at each of some times, seconds. */
export function jumpsAt(samples: Float32Array, sampleRate: number, times: readonly number[]): readonly Jump[] {
  const { values: data, frames } = melPowers(samples, sampleRate, BANDS);
  const side = Math.round(SIDE_SECONDS / MEL_STEP_SECONDS);
  const mean = (from: number): Float64Array => {
    const out = new Float64Array(BANDS);
    for (let frame = from; frame < from + side; frame++)
      for (let band = 0; band < BANDS; band++) (out[band] as number) += (data[frame * BANDS + band] ?? 0) / side;
    return out;
  };
  return times.map((time) => {
    const middle = Math.min(frames - side, Math.max(side, Math.round(time / MEL_STEP_SECONDS)));
    const [before, after] = [mean(middle - side), mean(middle)];
    let squares = 0;
    for (let band = 0; band < BANDS; band++) squares += decibels(after[band] as number, before[band] as number) ** 2;
    const [one, other] = [before, after].map((powers) => powers.reduce((sum, value) => sum + value, 0)) as [number, number];
    return { spectrum: Math.sqrt(squares / BANDS), loudness: Math.abs(decibels(other, one)) };
  });
}

const decibels = (a: number, b: number): number => 10 * Math.log10((a + FLOOR) / (b + FLOOR));

/** Share of pairs in which the first is larger, ties half: 0.5 where they cannot be told apart (the area under the curve of a detector). */
export function area(first: readonly number[], second: readonly number[]): number {
  let sum = 0;
  for (const a of first) for (const b of second) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (first.length * second.length);
}

/** Change per minute of a lasting sound, dB: of its level, and of each band against the level. */
export interface Drift {
  readonly level: number;
  readonly bands: readonly number[];
}

/** How a lasting sound drifts, by the straight lines nearest to its seconds. */
export function drift(samples: Float32Array, sampleRate: number): Drift {
  const { values: data, frames } = melPowers(samples, sampleRate, BANDS);
  const perSecond = Math.round(1 / MEL_STEP_SECONDS);
  const seconds = Math.floor(frames / perSecond);
  const course = (of: (frame: number) => number): number[] =>
    Array.from({ length: seconds }, (_, second) => {
      let sum = 0;
      for (let frame = second * perSecond; frame < (second + 1) * perSecond; frame++) sum += of(frame);
      return 10 * Math.log10(sum / perSecond + FLOOR);
    });
  const total = course((frame) => data.subarray(frame * BANDS, (frame + 1) * BANDS).reduce((sum, value) => sum + value, 0));
  const bands = Array.from({ length: BANDS }, (_, band) => {
    const own = course((frame) => data[frame * BANDS + band] as number);
    return 60 * slope(own.map((value, i) => value - (total[i] as number)));
  });
  return { level: 60 * slope(total), bands };
}

/** What was found in sounds of a kind. */
export interface LastingSounds {
  /** Where one sound goes over into the next. */
  readonly joints: readonly Jump[];
  /** From where on the next window decides. */
  readonly borders: readonly Jump[];
  readonly elsewhere: readonly Jump[];
  /** Of each minute. */
  readonly drifts: readonly Drift[];
}

/** What was found in sounds of a kind, as one row; drifts are means over minutes, `levelDbSure` is the standard error of that of the level. */
export function lastingRow(of: string, { joints, borders, elsewhere, drifts }: LastingSounds) {
  const told = (places: readonly Jump[], which: keyof Jump) =>
    area(
      places.map((jump) => jump[which]),
      elsewhere.map((jump) => jump[which]),
    );
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const colours = Array.from({ length: BANDS }, (_, band) => mean(drifts.map(({ bands }) => bands[band] as number)));
  const levels = drifts.map(({ level }) => level);
  return {
    of,
    joints: joints.length,
    spectrum: told(joints, "spectrum"),
    loudness: told(joints, "loudness"),
    borderSpectrum: told(borders, "spectrum"),
    borderLoudness: told(borders, "loudness"),
    minutes: drifts.length,
    levelDb: mean(levels),
    levelDbEach: Math.sqrt(mean(levels.map((level) => level ** 2))),
    // A sound that scrapes changes by 10 dB from second to second: what a minute of it drifts says little, and how sure the mean of several is must be known.
    levelDbSure: levels.length > 1 ? Math.sqrt(variance(levels) / levels.length) : Number.NaN,
    colourDb: mean(colours.map(Math.abs)),
    colourDbMost: colours.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0),
  };
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Of the line nearest to the values (least squares), per step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [both, own] = [0, 0];
  for (const [i, value] of values.entries()) {
    both += (i - middle) * (value - mean);
    own += (i - middle) ** 2;
  }
  return own === 0 ? 0 : both / own;
}
