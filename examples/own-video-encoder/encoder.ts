/** A video encoder of one's own, made by hand: where on an 8×8 grid the picture got brighter or darker. */
import { memoryParameters, type VideoEncoder } from "@foley-control/core";
import { float, graph, input, ops } from "@foley-control/graph";

const SIDE = 32;
const GRID = 8;
const CELLS = GRID * GRID;

export const brightnessChange: VideoEncoder = {
  specificationVersion: "v1",
  kind: "video-encoder",
  id: "example/brightness-change@1", // goes into the bridge's file: change it whenever the tokens change
  frameRate: 16,
  window: 64,
  imageSize: [SIDE, SIDE],
  normalisation: { mean: [0, 0, 0], std: [1, 1, 1] }, // pixels in 0..1
  tokenRate: 8, // two frames per token …
  tokenWidth: 2 * CELLS + 1, // … and a 1 beside their cells
  weights: memoryParameters({}), // it has nothing to learn; a network of yours keeps its checkpoint here
  graph({ frames, batch = 1 }) {
    const pixels = input("pixels", [batch, frames, 3, SIDE, SIDE]);
    const blocks = ops.reshape(pixels, [batch, frames, 3, GRID, SIDE / GRID, GRID, SIDE / GRID]);
    const cells = ops.reshape(ops.mean(blocks, [2, 4, 6]), [batch, frames, CELLS]);
    // Every frame against the one before; the first against itself.
    const before = ops.concat([ops.slice(cells, 1, 0, 1), ops.slice(cells, 1, 0, frames - 1)], 1);
    const change = ops.multiply(ops.abs(ops.subtract(cells, before)), 20);
    const pairs = ops.reshape(change, [batch, frames / 2, 2 * CELLS]);
    // A bridge looks at tokens after a layer norm, which would hide how much moved; beside a constant it shows.
    const one = float(new Float32Array((batch * frames) / 2).fill(1), [batch, frames / 2, 1]);
    return graph("brightness change", [pixels], { tokens: ops.concat([pairs, one], 2) });
  },
};
