/**
 * Where a film is cut: the picture is another one at once. Light and exposure may change and things may move; what is where in the picture stays, and
 * where all of it moves, it moved just before too. A shot is at least as long as what is remembered: a storm of flashes is one.
 */

/** Cells per side in which pictures are compared. */
const CELLS = 16;
/** Variance of brightness that is noise (0 to 255), so that two empty pictures are alike. */
const NOISE = 16;
/** From 0, the same picture, over 1, two that have nothing to do with each other, to 2, its negative. */
const OTHER = 0.35;
/** So many times the most of the pictures before must it be. */
const SUDDEN = 3;
/** How many of those are remembered. */
const REMEMBERED = 8;

/** Tells of each picture whether a shot begins with it. */
export function cutFinder(): (rgb: Uint8Array, size: readonly [height: number, width: number]) => boolean {
  let last: Float32Array | undefined;
  const changes: number[] = [];
  return (rgb, size) => {
    const cells = brightnessOf(rgb, size);
    const change = last ? 1 - likeness(last, cells) : 0;
    const cut = change > OTHER && change > SUDDEN * Math.max(0, ...changes);
    changes.push(change);
    if (changes.length > REMEMBERED) changes.shift();
    last = cells;
    return cut;
  };
}

/** Mean brightness of each cell. */
function brightnessOf(rgb: Uint8Array, [height, width]: readonly [number, number]): Float32Array {
  const [sums, counts] = [new Float32Array(CELLS ** 2), new Float32Array(CELLS ** 2)];
  // A large picture is looked at here and there.
  const stride = Math.max(1, Math.floor(Math.min(height, width) / (4 * CELLS)));
  for (let y = 0; y < height; y += stride) {
    const row = Math.floor((y * CELLS) / height) * CELLS;
    for (let x = 0; x < width; x += stride) {
      const [cell, at] = [row + Math.floor((x * CELLS) / width), 3 * (y * width + x)];
      (sums[cell] as number) += ((rgb[at] as number) + (rgb[at + 1] as number) + (rgb[at + 2] as number)) / 3;
      (counts[cell] as number)++;
    }
  }
  return sums.map((sum, cell) => sum / Math.max(1, counts[cell] as number));
}

/** Correlation of two pictures, with a little noise that both have. */
function likeness(a: Float32Array, b: Float32Array): number {
  const mean = (cells: Float32Array) => cells.reduce((sum, value) => sum + value, 0) / cells.length;
  const [middleA, middleB] = [mean(a), mean(b)];
  let [both, ownA, ownB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [(a[i] as number) - middleA, (b[i] as number) - middleB];
    both += (p * q) / a.length;
    ownA += (p * p) / a.length;
    ownB += (q * q) / a.length;
  }
  return (both + NOISE) / Math.sqrt((ownA + NOISE) * (ownB + NOISE));
}
