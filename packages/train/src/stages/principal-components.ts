/**
 * Principal components of the codec's stretches: covariance by matrix products on the runtime, leading eigenvectors by
 * subspace iteration with a Rayleigh-Ritz step (Halko, Martinsson & Tropp 2011, §4.5).
 */
import { codecFeatures, codecStretches, type SmallCodecConfig } from "@foley-control/audio-backbone";
import { type Graph, normalArray, type PlainTensor, type Runtime } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";

/** Components beyond those wanted, for faster convergence. */
const OVERSAMPLING = 16;
const ITERATIONS = 40;

/** Adds a batch to the sums: `audio` and `product` [f, f], `total` [f] → the same two sums. */
export function momentsGraph(config: SmallCodecConfig, batch: number, frames: number): Graph {
  const features = codecFeatures(config);
  const audio = input("audio", [batch, frames * config.framesPerLatent * config.frameHop]);
  const product = input("product", [features, features]);
  const total = input("total", [features]);
  const rows = ops.reshape(codecStretches(audio, config), [batch * frames, features]);
  return graph("codec.moments", [audio, product, total], {
    nextProduct: ops.add(product, ops.matmul(ops.transpose(rows, [1, 0]), rows)),
    nextTotal: ops.add(total, ops.sum(rows, [0])),
  });
}

/** Leading eigenpairs of a symmetric matrix, largest first; `basis` has one row per component. */
export async function leadingEigenvectors(
  runtime: Runtime,
  matrix: Float32Array,
  size: number,
  count: number,
  seed: number,
): Promise<{ readonly basis: Float32Array; readonly values: Float64Array }> {
  const width = Math.min(size, count + OVERSAMPLING);
  const m = input("matrix", [size, size]);
  const q = input("q", [width, size]);
  // Rows are vectors and the matrix is symmetric, so q·M is (M·qᵀ)ᵀ.
  const executable = await runtime.load(graph("multiply", [m, q], { y: ops.matmul(q, m) }));
  const multiply = async (rows: Float32Array) =>
    (
      (
        await executable.run({
          matrix: { dtype: "float32", shape: [size, size], data: matrix },
          q: { dtype: "float32", shape: [width, size], data: rows },
        })
      ).y as PlainTensor<"float32">
    ).data.slice();
  let rows = normalArray(seed, ["leadingEigenvectors"], width * size);
  orthonormalise(rows, width, size, 1);
  for (let i = 0; i < ITERATIONS; i++) {
    rows = await multiply(rows);
    // Between, rows need only stay apart; twice is for the last ones, which are used.
    orthonormalise(rows, width, size, i === ITERATIONS - 1 ? 2 : 1);
  }
  const image = await multiply(rows);
  await executable.dispose();
  const small = new Float64Array(width * width);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) small[i * width + j] = dot(rows, i * size, image, j * size, size);
  const { values, vectors } = jacobi(small, width);
  const order = Array.from(values.keys())
    .sort((a, b) => (values[b] as number) - (values[a] as number))
    .slice(0, count);
  const basis = new Float32Array(count * size);
  order.forEach((column, row) => {
    for (let j = 0; j < width; j++) {
      const weight = vectors[j * width + column] as number;
      for (let k = 0; k < size; k++)
        basis[row * size + k] = (basis[row * size + k] as number) + weight * (rows[j * size + k] as number);
    }
  });
  return { basis, values: Float64Array.from(order, (column) => values[column] as number) };
}

function dot(a: Float32Array, from: number, b: Float32Array, at: number, size: number): number {
  // Four sums side by side: one alone waits for itself at each step.
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = size - (size % 4);
  for (let k = 0; k < whole; k += 4) {
    first += (a[from + k] as number) * (b[at + k] as number);
    second += (a[from + k + 1] as number) * (b[at + k + 1] as number);
    third += (a[from + k + 2] as number) * (b[at + k + 2] as number);
    fourth += (a[from + k + 3] as number) * (b[at + k + 3] as number);
  }
  for (let k = whole; k < size; k++) first += (a[from + k] as number) * (b[at + k] as number);
  return first + second + (third + fourth);
}

/** Modified Gram-Schmidt over rows, in place; twice gives what float32 rows lose of their orthogonality once. */
function orthonormalise(rows: Float32Array, count: number, size: number, passes: 1 | 2): void {
  for (let i = 0; i < count; i++) {
    for (let pass = 0; pass < passes; pass++) {
      for (let j = 0; j < i; j++) {
        const share = dot(rows, i * size, rows, j * size, size);
        for (let k = 0; k < size; k++)
          rows[i * size + k] = (rows[i * size + k] as number) - share * (rows[j * size + k] as number);
      }
    }
    const norm = Math.sqrt(dot(rows, i * size, rows, i * size, size)) || 1;
    for (let k = 0; k < size; k++) rows[i * size + k] = (rows[i * size + k] as number) / norm;
  }
}

/** Eigenvalues and eigenvectors (columns) of a small symmetric matrix by cyclic Jacobi rotations. */
export function jacobi(matrix: Float64Array, size: number): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = matrix.slice();
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  const get = (m: Float64Array, i: number, j: number) => m[i * size + j] as number;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        if (i === j) on += get(a, i, j) ** 2;
        else off += get(a, i, j) ** 2;
    if (off <= 1e-24 * on) break;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        const apq = (get(a, p, q) + get(a, q, p)) / 2;
        if (apq === 0) continue;
        const theta = (get(a, q, q) - get(a, p, p)) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < size; k++) {
          const [x, y] = [get(a, k, p), get(a, k, q)];
          a[k * size + p] = c * x - s * y;
          a[k * size + q] = s * x + c * y;
        }
        for (let k = 0; k < size; k++) {
          const [x, y] = [get(a, p, k), get(a, q, k)];
          a[p * size + k] = c * x - s * y;
          a[q * size + k] = s * x + c * y;
        }
        for (let k = 0; k < size; k++) {
          const [x, y] = [get(v, k, p), get(v, k, q)];
          v[k * size + p] = c * x - s * y;
          v[k * size + q] = s * x + c * y;
        }
      }
    }
  }
  return { values: Float64Array.from({ length: size }, (_, i) => get(a, i, i)), vectors: v };
}
