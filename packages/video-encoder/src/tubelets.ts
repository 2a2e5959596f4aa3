/** The first layer of video transformers: a 3-D convolution whose steps are as long as its kernel, so a matrix product. */
import type { GraphValue } from "@foley-control/core";
import { ops, parameter } from "@foley-control/graph";

/**
 * Cuts pixels [batch, frames, channels, height, width] into blocks of `kernel` = [frames, height, width] and makes a token of each:
 * [batch, blocks, out], frame by frame, row by row.
 *
 * @param name - The convolution's: `NAME.weight` [out, channels, ...kernel], and `NAME.bias` [out] where there is a bias
 */
export function tubelets(
  pixels: GraphValue,
  name: string,
  { out, kernel, bias }: { readonly out: number; readonly kernel: readonly [number, number, number]; readonly bias: boolean },
): GraphValue {
  const [batch, frames, channels, height, width] = pixels.shape as readonly [number, number, number, number, number];
  const [t, h, w] = kernel;
  const blocks = [frames / t, height / h, width / w] as const;
  const cut = ops.reshape(pixels, [batch, blocks[0], t, channels, blocks[1], h, blocks[2], w]);
  const size = channels * t * h * w;
  const rows = ops.reshape(ops.transpose(cut, [0, 1, 4, 6, 3, 2, 5, 7]), [batch, blocks[0] * blocks[1] * blocks[2], size]);
  const weight = ops.reshape(parameter(`${name}.weight`, [out, channels, t, h, w]), [out, size]);
  const tokens = ops.matmul(rows, ops.transpose(weight, [1, 0]));
  return bias ? ops.add(tokens, parameter(`${name}.bias`, [out])) : tokens;
}
