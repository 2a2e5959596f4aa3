/** Long curves with few points: what no screen can show need not be in a file. */

/** Stretches that a curve is cut into when it is thinned; each keeps its lowest and highest point. */
export const THIN_STRETCHES = 800;

/**
 * At most about `4 * stretches` points of a curve: the first, the last, the lowest and the highest of each stretch, so that no peak is lost.
 *
 * @param points - finite, in the order in which they are joined
 */
export function thin<Point extends { readonly y: number }>(
  points: readonly Point[],
  stretches: number = THIN_STRETCHES,
): readonly Point[] {
  if (points.length <= 4 * stretches) return points;
  const kept: Point[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * points.length) / stretches);
    const to = Math.floor(((stretch + 1) * points.length) / stretches);
    let [low, high] = [from, from];
    for (let i = from + 1; i < to; i++) {
      if (points[i]!.y < points[low]!.y) low = i;
      if (points[i]!.y > points[high]!.y) high = i;
    }
    for (const i of [...new Set([from, low, high, to - 1])].sort((a, b) => a - b)) kept.push(points[i]!);
  }
  return kept;
}
