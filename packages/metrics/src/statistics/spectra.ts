/**
 * Eigenvalues of symmetric matrices and singular values of any, without vectors: Householder's reductions to three and two
 * diagonals, then implicit QL steps (Golub & Van Loan, "Matrix Computations", 4th ed., 5.4 and 8.3). The reduction applies the last
 * reflection and multiplies by the next vector in one pass over memory, which is what bounds it.
 */
import { FoleyError } from "@foley-control/core";

/**
 * Eigenvalues of a symmetric matrix, in no order; errors are a few ulps of the largest.
 *
 * @param matrix - [size × size]; read on and below the diagonal, and overwritten.
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  // The reflection that is still to be applied: A −= v·wᵀ + w·vᵀ.
  let v = new Float64Array(size);
  let w = new Float64Array(size);
  let next = new Float64Array(size);
  let product = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    let squares = 0;
    for (let i = j; i < size; i++) {
      const at = i * size + j;
      const value = matrix[at]! - v[i]! * w[j]! - w[i]! * v[j]!;
      next[i] = value;
      if (i > j + 1) squares += value * value;
    }
    diagonal[j] = next[j]!;
    if (j + 1 === size) break;
    const first = next[j + 1]!;
    const length = Math.sqrt(first * first + squares);
    const beta = first > 0 ? -length : length;
    // H = I − tau·u·uᵀ with u[j + 1] = 1; nothing to reflect when the column is zero below already.
    const tau = squares === 0 ? 0 : (beta - first) / beta;
    beside[j] = squares === 0 ? first : beta;
    const scale = squares === 0 ? 0 : 1 / (first - beta);
    next[j] = 0;
    next[j + 1] = 1;
    for (let i = j + 2; i < size; i++) next[i]! *= scale;
    product.fill(0);
    updateAndMultiply(matrix, size, j + 1, v, w, next, product);
    let dot = 0;
    for (let i = j + 1; i < size; i++) dot += product[i]! * next[i]!;
    const correction = (tau * tau * dot) / 2;
    for (let i = j + 1; i < size; i++) product[i] = tau * product[i]! - correction * next[i]!;
    product[j] = 0;
    [v, next] = [next, v];
    [w, product] = [product, w];
  }
  return tridiagonalEigenvalues(diagonal, beside);
}

/** A −= v·wᵀ + w·vᵀ below the diagonal from `from` on, and product = A·u. */
function updateAndMultiply(
  matrix: Float64Array,
  size: number,
  from: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  product: Float64Array,
): void {
  let i = from;
  // Four rows at a time share what is read of the vectors and written to `product`.
  for (; i + 3 < size; i += 4) {
    const row0 = i * size;
    const row1 = row0 + size;
    const row2 = row1 + size;
    const row3 = row2 + size;
    const v0 = v[i]!;
    const v1 = v[i + 1]!;
    const v2 = v[i + 2]!;
    const v3 = v[i + 3]!;
    const w0 = w[i]!;
    const w1 = w[i + 1]!;
    const w2 = w[i + 2]!;
    const w3 = w[i + 3]!;
    const u0 = u[i]!;
    const u1 = u[i + 1]!;
    const u2 = u[i + 2]!;
    const u3 = u[i + 3]!;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let k = from; k < i; k++) {
      const vk = v[k]!;
      const wk = w[k]!;
      const uk = u[k]!;
      const a0 = matrix[row0 + k]! - v0 * wk - w0 * vk;
      const a1 = matrix[row1 + k]! - v1 * wk - w1 * vk;
      const a2 = matrix[row2 + k]! - v2 * wk - w2 * vk;
      const a3 = matrix[row3 + k]! - v3 * wk - w3 * vk;
      matrix[row0 + k] = a0;
      matrix[row1 + k] = a1;
      matrix[row2 + k] = a2;
      matrix[row3 + k] = a3;
      sum0 += a0 * uk;
      sum1 += a1 * uk;
      sum2 += a2 * uk;
      sum3 += a3 * uk;
      product[k]! += a0 * u0 + a1 * u1 + a2 * u2 + a3 * u3;
    }
    product[i]! += sum0 + finishRow(matrix, size, i, i, v, w, u, product);
    product[i + 1]! += sum1 + finishRow(matrix, size, i + 1, i, v, w, u, product);
    product[i + 2]! += sum2 + finishRow(matrix, size, i + 2, i, v, w, u, product);
    product[i + 3]! += sum3 + finishRow(matrix, size, i + 3, i, v, w, u, product);
  }
  for (; i < size; i++) product[i]! += finishRow(matrix, size, i, from, v, w, u, product);
}

/** The same for one row from column `from` to the diagonal; gives what the row adds to its own place of the product. */
function finishRow(
  matrix: Float64Array,
  size: number,
  i: number,
  from: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  product: Float64Array,
): number {
  const row = i * size;
  let sum = 0;
  for (let k = from; k < i; k++) {
    const a = matrix[row + k]! - v[i]! * w[k]! - w[i]! * v[k]!;
    matrix[row + k] = a;
    sum += a * u[k]!;
    product[k]! += a * u[i]!;
  }
  const diagonal = matrix[row + i]! - 2 * v[i]! * w[i]!;
  matrix[row + i] = diagonal;
  return sum + diagonal * u[i]!;
}

const MOST_STEPS = 60;

/** Eigenvalues of a symmetric tridiagonal matrix by implicit QL steps with Wilkinson's shift; both arguments are overwritten. */
function tridiagonalEigenvalues(diagonal: Float64Array, beside: Float64Array): Float64Array {
  const size = diagonal.length;
  let norm = 0;
  for (let i = 0; i < size; i++) norm = Math.max(norm, Math.abs(diagonal[i]!) + Math.abs(beside[i]!));
  const small = norm * Number.EPSILON * 0.5;
  if (size > 0) beside[size - 1] = 0;
  for (let l = 0; l < size; l++) {
    for (let step = 0; ; step++) {
      let m = l;
      while (m + 1 < size && Math.abs(beside[m]!) > small) m++;
      if (m === l) break;
      if (step === MOST_STEPS)
        throw new FoleyError("invalid-argument", `Eigenvalue ${l} of ${size} did not settle after ${MOST_STEPS} steps.`, {
          hint: "Report this with the features that were given.",
        });
      let g = (diagonal[l + 1]! - diagonal[l]!) / (2 * beside[l]!);
      let r = Math.hypot(g, 1);
      g = diagonal[m]! - diagonal[l]! + beside[l]! / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * beside[i]!;
        const b = c * beside[i]!;
        r = Math.sqrt(f * f + g * g);
        beside[i + 1] = r;
        if (r === 0) {
          diagonal[i + 1]! -= p;
          beside[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = diagonal[i + 1]! - p;
        r = (diagonal[i]! - g) * s + 2 * c * b;
        p = s * r;
        diagonal[i + 1] = g + p;
        g = c * r - b;
      }
      if (r === 0 && i >= l) continue;
      diagonal[l]! -= p;
      beside[l] = g;
      beside[m] = 0;
    }
  }
  return diagonal;
}

/**
 * Singular values of a matrix, in no order; errors are a few ulps of the largest, for the smallest too.
 *
 * @param matrix - [rows × columns] with at least as many rows as columns; overwritten.
 */
export function singularValues(matrix: Float64Array, rows: number, columns: number): Float64Array {
  // [[0, B], [Bᵀ, 0]] of the two diagonals of B, its rows and columns interleaved, has three diagonals and the eigenvalues ±σ.
  const beside = new Float64Array(2 * columns);
  const v = new Float64Array(Math.max(rows, columns));
  const w = new Float64Array(columns);
  for (let k = 0; k < columns; k++) {
    for (let i = k; i < rows; i++) v[i] = matrix[i * columns + k]!;
    const column = reflector(v, k, rows);
    beside[2 * k] = column.beta;
    if (column.tau !== 0) {
      w.fill(0, k + 1);
      for (let i = k; i < rows; i++) for (let j = k + 1; j < columns; j++) w[j]! += v[i]! * matrix[i * columns + j]!;
      for (let i = k; i < rows; i++) {
        const factor = column.tau * v[i]!;
        for (let j = k + 1; j < columns; j++) matrix[i * columns + j]! -= factor * w[j]!;
      }
    }
    if (k + 1 === columns) break;
    for (let j = k + 1; j < columns; j++) v[j] = matrix[k * columns + j]!;
    const row = reflector(v, k + 1, columns);
    beside[2 * k + 1] = row.beta;
    if (row.tau === 0) continue;
    for (let i = k + 1; i < rows; i++) {
      let dot = 0;
      for (let j = k + 1; j < columns; j++) dot += matrix[i * columns + j]! * v[j]!;
      dot *= row.tau;
      for (let j = k + 1; j < columns; j++) matrix[i * columns + j]! -= dot * v[j]!;
    }
  }
  const both = tridiagonalEigenvalues(new Float64Array(2 * columns), beside);
  return both
    .map(Math.abs)
    .sort()
    .filter((_, i) => i % 2 === 0);
}

/** Householder's reflection I − tau·v·vᵀ of v[from..end) onto its first axis; v becomes its vector, v[from] = 1. */
export function reflector(v: Float64Array, from: number, end: number): { readonly beta: number; readonly tau: number } {
  const first = v[from]!;
  let squares = 0;
  for (let i = from + 1; i < end; i++) squares += v[i]! * v[i]!;
  if (squares === 0) return { beta: first, tau: 0 };
  const length = Math.sqrt(first * first + squares);
  const beta = first > 0 ? -length : length;
  const scale = 1 / (first - beta);
  v[from] = 1;
  for (let i = from + 1; i < end; i++) v[i]! *= scale;
  return { beta, tau: (beta - first) / beta };
}
