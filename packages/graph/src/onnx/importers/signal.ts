/**
 * Importers of what sound models begin and end with: windows, transforms between time and frequency as products with tables of cosines and sines
 * (of frames: as a convolution), and weights of mel bands.
 */
import { FoleyError, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import { constant, float } from "../../value.js";
import { dtypeOfElementType } from "../element-type.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { integers, places } from "./helpers.js";

/** One number that has to be known. */
function number(made: ImportedNode, index: number, fallback?: number): number {
  const found = made.known(index)?.[0] ?? fallback;
  if (found === undefined) throw new FoleyError("bad-file", `${made.what} lacks its input ${index}.`);
  return found;
}

/** A number of samples or bins that has to be known. */
function count(made: ImportedNode, index: number, fallback?: number): number {
  const found = number(made, index, fallback);
  if (Number.isInteger(found) && found >= 1) return found;
  throw new FoleyError("bad-file", `${made.what}: its input ${index} is ${found}; a whole number from 1 was expected.`);
}

/** Numbers of the type that the node asks for. */
function asked(made: ImportedNode, data: Float32Array, shape: readonly number[]): GraphValue {
  const to = dtypeOfElementType(made.int("output_datatype", 1));
  if (!to) throw made.unsupported("only types that networks compute in are supported.");
  return f.cast(constant(data, shape, "float32"), to);
}

/** A sum of cosines. */
// @__NO_SIDE_EFFECTS__
const windowOf =
  (...shares: readonly number[]): Importer =>
  (made) => {
    const size = count(made, 0);
    made.spend(size);
    const turn = (2 * Math.PI) / (made.int("periodic", 1) === 0 ? Math.max(1, size - 1) : size);
    const at = (n: number): number => shares.reduce((sum, share, k) => sum + share * Math.cos(k * turn * n), 0);
    return [
      asked(
        made,
        Float32Array.from({ length: size }, (_, n) => at(n)),
        [size],
      ),
    ];
  };

/** Cosines and sines of 2π·row·column/turn. */
function tables(
  made: ImportedNode,
  { turn, rows, columns }: Readonly<Record<"turn" | "rows" | "columns", number>>,
  { dtype }: GraphValue,
): readonly [cosines: GraphValue, sines: GraphValue] {
  made.spend(turn);
  const steps = f.remainder(f.multiply(places(made, [rows, 1], 0), places(made, [1, columns], 1)), integers([turn], [1, 1]));
  const ring = (of: (angle: number) => number): GraphValue => {
    const data = Float32Array.from({ length: turn }, (_, i) => of((2 * Math.PI * i) / turn));
    return f.cast(f.gather(float(data, [turn]), steps), dtype);
  };
  return [ring(Math.cos), ring(Math.sin)];
}

/** What lies along the last axis, cut or filled up with zeros. */
function ofLength(x: GraphValue, length: number): GraphValue {
  const last = x.shape.length - 1;
  const size = x.shape[last] as number;
  return size > length ? f.slice(x, last, 0, length) : size < length ? f.padWith(x, last, 0, length - size, 0) : x;
}

/** Real and imaginary parts, without their axis. */
function parts(made: ImportedNode, x: GraphValue): readonly [real: GraphValue, imaginary: GraphValue | undefined] {
  const kind = x.shape.at(-1);
  if (x.shape.length < 2 || (kind !== 1 && kind !== 2))
    throw new FoleyError(
      "bad-file",
      `${made.what}: [${x.shape}] does not end with an axis of real numbers (1) or complex ones (2).`,
    );
  const part = (i: number) => f.reshape(f.slice(x, -1, i, i + 1), x.shape.slice(0, -1));
  return [part(0), kind === 2 ? part(1) : undefined];
}

const joined = (values: readonly GraphValue[]): GraphValue =>
  f.concat(
    values.map((value) => f.reshape(value, [...value.shape, 1])),
    values[0]?.shape.length as number,
  );

/** Real numbers of bins of half a spectrum: all bins but the first and that in the middle stand for two. */
function realOfHalf(
  made: ImportedNode,
  [real, imaginary]: readonly [GraphValue, GraphValue | undefined],
  length: number,
): GraphValue {
  const bins = Math.floor(length / 2) + 1;
  const [cosines, sines] = tables(made, { turn: length, rows: bins, columns: length }, real);
  made.spend(bins);
  const times = Float32Array.from({ length: bins }, (_, bin) => (bin === 0 || 2 * bin === length ? 1 : 2) / length);
  const weighed = (x: GraphValue) => f.multiply(ofLength(x, bins), f.cast(float(times, [bins]), x.dtype));
  const even = f.matmul(weighed(real), cosines);
  return imaginary ? f.subtract(even, f.matmul(weighed(imaginary), sines)) : even;
}

const fourier: Importer = (made) => {
  const x = made.input(0);
  const ranks = x.shape.length;
  const named = made.opset < 20 ? made.int("axis", 1) : number(made, 2, -2);
  const axis = named < 0 ? named + ranks : named;
  if (!(axis >= 0 && axis < ranks - 1))
    throw new FoleyError("bad-file", `${made.what}: [${x.shape}] has no axis ${named} to transform.`);
  const [inverse, half] = [made.int("inverse", 0) !== 0, made.int("onesided", 0) !== 0];
  const found = parts(made, x);
  const size = x.shape[axis] as number;
  const length = count(made, 1, inverse && half ? Math.max(1, 2 * (size - 1)) : size);
  /** On the last axis, which the axis is brought to. */
  const along = (apply: (real: GraphValue, imaginary: GraphValue | undefined) => readonly GraphValue[]): GraphValue => {
    const made = apply(onEnd(found[0], axis), found[1] && onEnd(found[1], axis));
    return joined(made.map((value) => onEnd(value, axis)));
  };
  if (inverse && half) return [along((real, imaginary) => [realOfHalf(made, [real, imaginary], length)])];
  const columns = half ? Math.floor(length / 2) + 1 : length;
  const [cosines, sines] = tables(made, { turn: length, rows: length, columns }, x);
  return [
    along((real, imaginary) => {
      const of = (value: GraphValue, table: GraphValue) => f.matmul(ofLength(value, length), table);
      const sign = inverse ? f.negate(sines) : sines;
      const [even, odd] = [of(real, cosines), f.negate(of(real, sign))];
      const all = imaginary ? [f.add(even, of(imaginary, sign)), f.add(odd, of(imaginary, cosines))] : [even, odd];
      return inverse ? all.map((value) => f.divide(value, length)) : all;
    }),
  ];
};

/** An axis exchanged with the last one. */
function onEnd(x: GraphValue, axis: number): GraphValue {
  const last = x.shape.length - 1;
  if (axis === last) return x;
  return f.transpose(
    x,
    x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i)),
  );
}

/** Frames of a sound: the taps of a convolution are the window times cosines and sines. */
const framedFourier: Importer = (made) => {
  const given = made.input(0);
  const signal = given.shape.length === 2 ? f.reshape(given, [...given.shape, 1]) : given;
  const [batch, samples] = signal.shape as readonly [number, number];
  const [step, window] = [count(made, 1), made.inputs[2]];
  const length = count(made, 3, window ? (window.shape[0] as number) : samples);
  if (signal.shape.length !== 3 || length > samples || (window && (window.shape.length !== 1 || window.shape[0] !== length)))
    throw new FoleyError(
      "bad-file",
      `${made.what}: frames of ${length} do not fit [${given.shape}] and a window of [${window?.shape ?? []}].`,
    );
  const bins = made.int("onesided", 1) !== 0 ? Math.floor(length / 2) + 1 : length;
  const [cosines, sines] = tables(made, { turn: length, rows: bins, columns: length }, signal).map((table) =>
    window ? f.multiply(table, f.cast(window, table.dtype)) : table,
  ) as [GraphValue, GraphValue];
  const frames = (value: GraphValue, first: GraphValue, second: GraphValue): GraphValue => {
    const taps = f.reshape(f.concat([first, second], 0), [2 * bins, 1, length]);
    return f.convolution(f.reshape(value, [batch, 1, samples]), taps, { stride: [step] });
  };
  const [real, imaginary] = parts(made, signal);
  const even = frames(real, cosines, f.negate(sines));
  const y = imaginary ? f.add(even, frames(imaginary, sines, cosines)) : even;
  return [f.transpose(f.reshape(y, [batch, 2, bins, y.shape[2] as number]), [0, 3, 2, 1])];
};

/** Triangles between bands that are as far apart in mel; their corners are whole bins, as the standard has them. */
const melWeights: Importer = (made) => {
  const [bands, length, rate] = [count(made, 0), count(made, 1), count(made, 2)];
  const mel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);
  const [low, high] = [mel(number(made, 3)), mel(number(made, 4))];
  const bins = Math.floor(length / 2) + 1;
  made.spend(bands * bins);
  const corner = (i: number): number => {
    const hertz = 700 * (10 ** ((low + (i * (high - low)) / (bands + 2)) / 2595) - 1);
    return Math.floor(((length + 1) * hertz) / rate);
  };
  const data = new Float32Array(bins * bands);
  for (let band = 0; band < bands; band++) {
    const [left, middle, right] = [corner(band), corner(band + 1), corner(band + 2)];
    if (!(left >= 0 && right <= bins && middle < bins))
      throw new FoleyError("bad-file", `${made.what}: the band ${band} reaches from bin ${left} to ${right}; there are ${bins}.`);
    for (let bin = left; bin <= middle; bin++) data[bin * bands + band] = left === middle ? 1 : (bin - left) / (middle - left);
    for (let bin = middle; bin < right; bin++) data[bin * bands + band] = (right - bin) / (right - middle);
  }
  return [asked(made, data, [bins, bands])];
};

/** Rows by ONNX op type. */
export const signalImporters: Readonly<Record<string, Importer>> = /* @__PURE__ */ (() => ({
  BlackmanWindow: windowOf(0.42, -0.5, 0.08),
  DFT: fourier,
  HammingWindow: windowOf(25 / 46, -21 / 46),
  HannWindow: windowOf(0.5, -0.5),
  MelWeightMatrix: melWeights,
  STFT: framedFourier,
}))();
