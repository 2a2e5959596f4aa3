/**
 * Products of matrices in blocks: both operands are copied into panels that stay in the cache, and 4×4 sums stay in registers
 * (Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34, 2008). All of a covariance's work runs
 * through this one function.
 */
import { TILE, tileKernel } from "./tile-kernel.js";

/** An element of an operand: row or column of the result, place in the sum. */
export type Element = (index: number, k: number) => number;

/** The part of the result that is computed. */
interface ProductArea {
  /** First and one past the last row. */
  readonly rows: readonly [number, number];
  /** First and one past the last column. */
  readonly columns: readonly [number, number];
  /** Only elements on and below the diagonal are needed; some above it are computed with them. */
  readonly lower?: boolean;
}

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
  const kernel = tileKernel();
  const [tile, a, other] = kernel.reserve(TILE * TILE, rowPanels * TILE * DEPTH, shared ? 0 : columnPanels * TILE * DEPTH) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const b = shared ? a : other;
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
          const begin = a.byteOffset + 8 * i * TILE * depth;
          kernel.multiply(begin, b.byteOffset + 8 * j * TILE * depth, begin + 8 * TILE * depth, tile.byteOffset);
          addTile(out, stride, [row, Math.min(bottom, row + TILE), column, Math.min(last, column + TILE)], tile, scale);
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

/** Adds the part of a tile that lies inside the result. */
function addTile(
  out: Float64Array,
  stride: number,
  [row, rowEnd, column, columnEnd]: readonly [number, number, number, number],
  tile: Float64Array,
  scale: number,
): void {
  for (let i = row; i < rowEnd; i++)
    for (let j = column; j < columnEnd; j++) out[i * stride + j]! += scale * tile[(i - row) * TILE + j - column]!;
}
