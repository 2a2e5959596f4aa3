/** VGGish, as released or of other widths. */
import { biased, type Shapes } from "../shapes.test-support.js";

/** `vggish-10086976.pth`, or one of other widths. */
export function vggishShapes(
  [a, b, c, d]: readonly [number, number, number, number] = [64, 128, 256, 512],
  hidden = 4096,
): Shapes {
  return {
    ...biased("features.0", a, 1, 3, 3),
    ...biased("features.3", b, a, 3, 3),
    ...biased("features.6", c, b, 3, 3),
    ...biased("features.8", c, c, 3, 3),
    ...biased("features.11", d, c, 3, 3),
    ...biased("features.13", d, d, 3, 3),
    ...biased("embeddings.0", hidden, 24 * d),
    ...biased("embeddings.2", hidden, hidden),
    ...biased("embeddings.4", 128, hidden),
  };
}
