/**
 * A small classifier for measured features: Gaussian classes with regularised covariances (Friedman, "Regularized
 * discriminant analysis", JASA 84, 1989) on standardised features. The trained classifier is plain data and can be
 * stored as JSON. Closed form: no iterations, no random numbers.
 */
import { FoleyError } from "@foley-control/core";

/** Options of {@link trainClassifier}. */
interface ClassifierOptions {
  /** Share of the covariance common to all classes: 1 is linear, 0 quadratic discriminant analysis. Default {@link DEFAULT_CLASSIFIER_POOLING}. */
  readonly pooling?: number;
  /** Added to the diagonal of every covariance, in standardised units. Default {@link DEFAULT_CLASSIFIER_RIDGE}. */
  readonly ridge?: number;
}

/** Half common, half the class's own. */
const DEFAULT_CLASSIFIER_POOLING = 0.5;
/** 0.05. */
const DEFAULT_CLASSIFIER_RIDGE = 0.05;

/** A trained classifier. */
export interface Classifier {
  /** Names of the classes, sorted. */
  readonly labels: readonly string[];
  /** Mean per feature. */
  readonly mean: readonly number[];
  /** Standard deviation per feature; 1 for constant ones. */
  readonly deviation: readonly number[];
  /** One Gaussian per label. */
  readonly classes: readonly {
    /** Natural logarithm of the share of training examples. */
    readonly logPrior: number;
    /** Mean of the standardised features. */
    readonly mean: readonly number[];
    /** Lower triangular Cholesky factor of the covariance, row-major [features × features]. */
    readonly factor: readonly number[];
  }[];
}

/** Result of {@link predict}. */
interface Prediction {
  /** The most probable class. */
  readonly label: string;
  /** Probability per class. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/**
 * Fits a classifier.
 *
 * @param features - One row per example; `NaN` stands for unknown and is replaced by the feature's mean.
 * @param labels - One label per row; at least two different ones.
 * @throws FoleyError `shape-mismatch` for rows of different lengths or another number of labels, `invalid-argument` for fewer than two classes.
 * @example
 * ```ts
 * const classifier = trainClassifier(rows, ["wood", "metal", "wood"]);
 * predict(classifier, row).label;
 * ```
 */
export function trainClassifier(
  features: readonly (readonly number[])[],
  labels: readonly string[],
  options: ClassifierOptions = {},
): Classifier {
  const { pooling = DEFAULT_CLASSIFIER_POOLING, ridge = DEFAULT_CLASSIFIER_RIDGE } = options;
  const width = features[0]?.length ?? 0;
  if (width === 0 || features.length !== labels.length || features.some((row) => row.length !== width)) {
    throw new FoleyError(
      "shape-mismatch",
      `Got ${features.length} rows of features and ${labels.length} labels; expected equally many, with rows of equal length.`,
      {
        hint: "Pass one label and one row of numbers per example.",
      },
    );
  }
  const names = [...new Set(labels)].sort();
  if (names.length < 2) {
    throw new FoleyError("invalid-argument", `All examples carry the label "${names[0]}"; expected at least two classes.`, {
      hint: "Add examples of another class.",
    });
  }
  const mean: number[] = [];
  const deviation: number[] = [];
  for (let j = 0; j < width; j++) {
    const column = features.map((row) => row[j]!).filter(Number.isFinite);
    const middle = column.length > 0 ? column.reduce((sum, x) => sum + x, 0) / column.length : 0;
    const spread = Math.sqrt(column.reduce((sum, x) => sum + (x - middle) ** 2, 0) / Math.max(1, column.length));
    mean.push(middle);
    deviation.push(spread > 1e-12 ? spread : 1);
  }
  const rows = features.map((row) => standardise(row, mean, deviation));
  const groups = names.map((name) => rows.filter((_, index) => labels[index] === name));
  const centres = groups.map((group) =>
    Array.from({ length: width }, (_, j) => group.reduce((sum, row) => sum + row[j]!, 0) / group.length),
  );
  const scatters = groups.map((group, index) => scatter(group, centres[index]!));
  const common = new Float64Array(width * width);
  for (const own of scatters) for (let i = 0; i < common.length; i++) common[i]! += own[i]! / rows.length;
  return {
    labels: names,
    mean,
    deviation,
    classes: groups.map((group, index) => {
      const covariance = common.map((value, i) => pooling * value + ((1 - pooling) * scatters[index]![i]!) / group.length);
      for (let j = 0; j < width; j++) covariance[j * width + j]! += ridge;
      return { logPrior: Math.log(group.length / rows.length), mean: centres[index]!, factor: [...cholesky(covariance, width)] };
    }),
  };
}

/**
 * The most probable class of one example.
 *
 * @param features - As many numbers as the classifier was trained with; `NaN` for unknown.
 * @throws FoleyError `shape-mismatch` for another number of features.
 */
export function predict(classifier: Classifier, features: readonly number[]): Prediction {
  const width = classifier.mean.length;
  if (features.length !== width) {
    throw new FoleyError("shape-mismatch", `Got ${features.length} features; the classifier was trained with ${width}.`, {
      hint: "Compute the same features in the same order.",
    });
  }
  const row = standardise(features, classifier.mean, classifier.deviation);
  const scores = classifier.classes.map(({ logPrior, mean, factor }) => {
    // ‖L⁻¹(x − µ)‖² by forward substitution, ln|Σ| from the diagonal of L.
    const solved = new Float64Array(width);
    let distance = 0;
    let logDeterminant = 0;
    for (let i = 0; i < width; i++) {
      let value = row[i]! - mean[i]!;
      for (let k = 0; k < i; k++) value -= factor[i * width + k]! * solved[k]!;
      solved[i] = value / factor[i * width + i]!;
      distance += solved[i]! ** 2;
      logDeterminant += 2 * Math.log(factor[i * width + i]!);
    }
    return logPrior - (distance + logDeterminant) / 2;
  });
  const highest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return {
    label: classifier.labels[scores.indexOf(highest)]!,
    probabilities: Object.fromEntries(classifier.labels.map((label, index) => [label, exponentials[index]! / sum])),
  };
}

function standardise(row: readonly number[], mean: readonly number[], deviation: readonly number[]): number[] {
  return row.map((x, j) => (Number.isFinite(x) ? (x - mean[j]!) / deviation[j]! : 0));
}

function scatter(group: readonly (readonly number[])[], centre: readonly number[]): Float64Array {
  const width = centre.length;
  const out = new Float64Array(width * width);
  for (const row of group) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) out[i * width + j]! += (row[i]! - centre[i]!) * (row[j]! - centre[j]!);
    }
  }
  return out;
}

function cholesky(matrix: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * width + k]! * factor[j * width + k]!;
      factor[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / factor[j * width + j]!;
    }
  }
  return factor;
}
