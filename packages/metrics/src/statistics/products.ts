/**
 * Products of matrices in blocks: both operands are copied into panels that stay in the cache, and 4×4 sums stay in registers
 * (Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34, 2008). All of a covariance's work runs
 * through this one function.
 */

/** An element of an operand: row or column of the result, place in the sum. */
export type Element = (index: number, k: number) => number;

/** The part of the result that is computed. */
export interface ProductArea {
  /** First and one past the last row. */
  readonly rows: readonly [number, number];
  /** First and one past the last column. */
  readonly columns: readonly [number, number];
  /** Only elements on and below the diagonal are needed; some above it are computed with them. */
  readonly lower?: boolean;
}

const TILE = 4;
/** Terms of a sum that are added while a panel is in the cache. */
const DEPTH = 256;
/** Columns whose panels stay in the second cache. */
const COLUMNS = 128;

/**
 * out[i, j] += scale · Σ_k left(i, k)·right(j, k) over k in `terms`.
 *
 * @param out - The result, row-major.
 * @param stride - Columns of `out`.
 * @param right - The same function as `left` for a product with the own transpose.
 */
export function addProduct(
  out: Float64Array,
  stride: number,
  area: ProductArea,
  terms: readonly [number, number],
  left: Element,
  right: Element,
  scale = 1,
): void {
  const [top, bottom] = area.rows;
  const [first, last] = area.columns;
  const rowPanels = Math.ceil((bottom - top) / TILE);
  const columnPanels = Math.ceil((last - first) / TILE);
  const shared = left === right && top === first && bottom === last;
  const a = new Float64Array(rowPanels * TILE * DEPTH);
  const b = shared ? a : new Float64Array(columnPanels * TILE * DEPTH);
  for (let from = terms[0]; from < terms[1]; from += DEPTH) {
    const depth = Math.min(DEPTH, terms[1] - from);
    pack(a, left, top, bottom, from, depth);
    if (!shared) pack(b, right, first, last, from, depth);
    for (let group = 0; group < columnPanels; group += COLUMNS / TILE) {
      const groupEnd = Math.min(columnPanels, group + COLUMNS / TILE);
      for (let i = 0; i < rowPanels; i++) {
        const row = top + i * TILE;
        const end = area.lower ? Math.min(groupEnd, Math.ceil((row + TILE - first) / TILE)) : groupEnd;
        for (let j = group; j < end; j++) {
          const column = first + j * TILE;
          addTile(
            out,
            stride,
            row,
            Math.min(bottom, row + TILE),
            column,
            Math.min(last, column + TILE),
            a,
            i,
            b,
            j,
            depth,
            scale,
          );
        }
      }
    }
  }
}

/** Panels of four: all four values of a place in the sum side by side, zeros past the end. */
function pack(panels: Float64Array, element: Element, start: number, end: number, from: number, depth: number): void {
  let at = 0;
  for (let panel = start; panel < end; panel += TILE) {
    for (let k = from; k < from + depth; k++)
      for (let t = 0; t < TILE; t++) panels[at++] = panel + t < end ? element(panel + t, k) : 0;
  }
}

/** One 4×4 tile. Sixteen named sums: an array of them would live in memory. */
function addTile(
  out: Float64Array,
  stride: number,
  row: number,
  rowEnd: number,
  column: number,
  columnEnd: number,
  left: Float64Array,
  i: number,
  right: Float64Array,
  j: number,
  depth: number,
  scale: number,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  let b = j * TILE * depth;
  const end = (i + 1) * TILE * depth;
  for (let a = i * TILE * depth; a < end; a += TILE, b += TILE) {
    const a0 = left[a]!;
    const a1 = left[a + 1]!;
    const a2 = left[a + 2]!;
    const a3 = left[a + 3]!;
    const b0 = right[b]!;
    const b1 = right[b + 1]!;
    const b2 = right[b + 2]!;
    const b3 = right[b + 3]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  addRow(out, row * stride, column, columnEnd, scale, c00, c01, c02, c03);
  if (row + 1 < rowEnd) addRow(out, (row + 1) * stride, column, columnEnd, scale, c10, c11, c12, c13);
  if (row + 2 < rowEnd) addRow(out, (row + 2) * stride, column, columnEnd, scale, c20, c21, c22, c23);
  if (row + 3 < rowEnd) addRow(out, (row + 3) * stride, column, columnEnd, scale, c30, c31, c32, c33);
}

function addRow(
  out: Float64Array,
  offset: number,
  column: number,
  columnEnd: number,
  scale: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
): void {
  const at = offset + column;
  out[at]! += scale * c0;
  if (column + 1 < columnEnd) out[at + 1]! += scale * c1;
  if (column + 2 < columnEnd) out[at + 2]! += scale * c2;
  if (column + 3 < columnEnd) out[at + 3]! += scale * c3;
}
