/** Importers of normalisations, in plain ops where the op table has none: they are as exact, and have gradients. */
import { elementCount, type GraphValue } from "@foley-control/core";
import { axisOf } from "../../ops/definition.js";
import * as f from "../../ops/functions.js";
import { node } from "../../value.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { axisNamed, isFloat, NODES_WORK } from "./helpers.js";

/** A vector per channel, as it meets [batch, channels, ...]. */
const perChannel = (x: GraphValue, vector: GraphValue): GraphValue =>
  f.reshape(vector, [x.shape[1] as number, ...x.shape.slice(2).map(() => 1)]);

/** Axes from one on. */
const from = (x: GraphValue, axis: number): readonly number[] => x.shape.map((_, i) => i).slice(axis);

/** (x − mean)/√(variance + ε) over axes. */
function standard(x: GraphValue, axes: readonly number[], epsilon: number): GraphValue {
  const centred = f.subtract(x, f.mean(x, axes, true));
  return f.divide(centred, f.sqrt(f.add(f.mean(f.square(centred), axes, true), epsilon)));
}

/** Little room is made more for the computation, as the standard has it. */
function roomy(x: GraphValue, stash: number, apply: (x: GraphValue) => GraphValue): GraphValue {
  return stash === 1 && isFloat(x) ? f.cast(apply(f.cast(x, "float32")), x.dtype) : apply(x);
}

const layerNormalization: Importer = (made) => {
  const x = made.input(0);
  const axis = axisNamed(made, x, -1);
  const [leading, normal] = [x.shape.slice(0, axis), x.shape.slice(axis)];
  const flat = (value: GraphValue) => f.reshape(f.expand(value, normal), [elementCount(normal)]);
  const inputs = [
    f.reshape(x, [...leading, elementCount(normal)]),
    ...[made.input(1), made.inputs[2]].flatMap((one) => one ?? []).map(flat),
  ];
  const [y, ...statistics] = node("LayerNormalization", inputs, { epsilon: made.float("epsilon", 1e-5) });
  const ones = normal.map(() => 1);
  return [f.reshape(y as GraphValue, x.shape), ...statistics.map((value) => f.reshape(value, [...leading, ...ones]))];
};

const rmsNormalization: Importer = (made) => {
  const x = made.input(0);
  const axes = from(x, axisNamed(made, x, -1));
  const epsilon = made.float("epsilon", 1e-5);
  const root = (value: GraphValue) => f.divide(value, f.sqrt(f.add(f.mean(f.square(value), axes, true), epsilon)));
  const scale = made.input(1);
  return [f.multiply(f.cast(roomy(x, made.int("stash_type", 1), root), scale.dtype), scale)];
};

const instanceNormalization: Importer = (made) => {
  const x = made.input(0);
  const normal = standard(x, from(x, 2), made.float("epsilon", 1e-5));
  return [f.add(f.multiply(normal, perChannel(x, made.input(1))), perChannel(x, made.input(2)))];
};

const groupNormalization: Importer = (made) => {
  const x = made.input(0);
  const [batch, channels] = x.shape as readonly [number, number];
  const groups = made.int("num_groups", 1);
  if (groups < 1 || channels % groups !== 0) throw made.unsupported(`${channels} channels do not fall into ${groups} groups.`);
  const grouped = f.reshape(x, [batch, groups, elementCount(x.shape.slice(1)) / groups]);
  const epsilon = made.float("epsilon", 1e-5);
  const normal = f.reshape(
    roomy(grouped, made.int("stash_type", 1), (value) => standard(value, [2], epsilon)),
    x.shape,
  );
  // One number per group before op set 21, one per channel since.
  const spread = (vector: GraphValue) =>
    vector.shape[0] === channels
      ? vector
      : f.reshape(f.expand(f.reshape(vector, [groups, 1]), [groups, channels / groups]), [channels]);
  const vector = (index: number) => perChannel(x, spread(made.input(index)));
  return [f.add(f.multiply(normal, vector(1)), vector(2))];
};

const batchNormalization: Importer = (made) => {
  const x = made.input(0);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => made.input(i)) as [
    GraphValue,
    GraphValue,
    GraphValue,
    GraphValue,
  ];
  if (made.int("spatial", 1) === 0) throw made.unsupported("statistics of every place are not supported.");
  const epsilon = made.float("epsilon", 1e-5);
  const apply = (average: GraphValue, spread: GraphValue) => {
    const factor = f.divide(f.cast(scale, spread.dtype), f.sqrt(f.add(spread, epsilon)));
    const shift = f.subtract(f.cast(bias, spread.dtype), f.multiply(average, factor));
    const value = f.cast(x, spread.dtype);
    return f.cast(f.add(f.multiply(value, perChannel(x, factor)), perChannel(x, shift)), x.dtype);
  };
  if (made.int("training_mode", 0) === 0) {
    if (made.outputs.slice(1).some((name) => name !== ""))
      throw made.unsupported("statistics of training are not supported before op set 14.");
    return [apply(mean, variance)];
  }
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const current = f.mean(x, axes, true);
  const spread = f.mean(f.square(f.subtract(x, current)), axes);
  const flat = f.reshape(current, [x.shape[1] as number]);
  const momentum = made.float("momentum", 0.9);
  const moved = (old: GraphValue, now: GraphValue) =>
    f.add(f.multiply(old, momentum), f.multiply(f.cast(now, old.dtype), 1 - momentum));
  return [apply(flat, spread), moved(mean, flat), moved(variance, spread)];
};

/** Each channel divided by the power of a sum over its neighbours; Krizhevsky et al. 2012. */
const localResponse: Importer = (made) => {
  const x = made.input(0);
  const [size, channels] = [made.int("size", 1), x.shape[1] as number];
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  made.spend(NODES_WORK * size);
  const squares = f.pad(f.square(x), 1, before, after);
  const total = Array.from({ length: size }, (_, i) => f.slice(squares, 1, i, i + channels)).reduce((a, b) => f.add(a, b));
  const base = f.add(f.multiply(total, made.float("alpha", 1e-4) / size), made.float("bias", 1));
  return [f.divide(x, f.power(base, made.float("beta", 0.75)))];
};

const lpNormalization: Importer = (made) => {
  const x = made.input(0);
  const axis = axisNamed(made, x, -1);
  const isOne = made.int("p", 2) === 1;
  const total = f.sum(isOne ? f.abs(x) : f.square(x), [axis], true);
  // Before the root, which has no slope at 0.
  const safe = f.where(f.equal(total, 0), 1, total);
  return [f.divide(x, isOne ? safe : f.sqrt(safe))];
};

const meanVariance: Importer = (made) => {
  const x = made.input(0);
  const axes = (made.list("axes") ?? [0, 2, 3]).map((axis) => axisOf(axis, x.shape.length, made.op));
  const centred = f.subtract(x, f.mean(x, axes, true));
  return [f.divide(centred, f.add(f.sqrt(f.mean(f.square(centred), axes, true)), 1e-9))];
};

/** x + what is skipped to it + bias, normalised; the sum is the fourth output. */
const skipped =
  (normal: (made: ImportedNode, sum: GraphValue) => GraphValue, bias: number): Importer =>
  (made) => {
    const plain = f.add(made.input(0), made.input(1));
    const sum = made.inputs[bias] ? f.add(plain, made.inputs[bias]) : plain;
    return [normal(made, sum), undefined, undefined, sum];
  };

/** Rows by ONNX op type. */
export const normalisationImporters: Readonly<Record<string, Importer>> = {
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  // What ONNX Runtime writes for it, in the standard's domain.
  SimplifiedLayerNormalization: rmsNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  BatchNormalization: batchNormalization,
  LRN: localResponse,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVariance,
};

/** Rows of `com.microsoft`. */
export const microsoftNormalisations: Readonly<Record<string, Importer>> = {
  SkipLayerNormalization: skipped((made, sum) => {
    const beta = made.inputs[3];
    return f.layerNormalization(sum, made.input(2), beta, made.float("epsilon", 1e-12));
  }, 4),
};
