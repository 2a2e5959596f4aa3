/**
 * Matrices in int8, a scale per block of a row: symmetric, rounded to nearest, one block's largest magnitude at 127 (as in
 * LLM.int8(), Dettmers et al. 2022, but per block, so that one large number costs its neighbours alone). The layout is that of
 * ONNX Runtime's `MatMulNBits`: bytes with 128 for zero, rows padded to whole blocks.
 */
import type { Quantisation, StoredParameter } from "./contracts/index.js";
import { FoleyError } from "./errors.js";
import { float16ToFloat32 } from "./float16.js";
import { bytesOf, typedArrayOf } from "./tensor.js";

/** The byte that stands for zero. */
export const INT8_ZERO = 128;
const LARGEST = 127;
const ROUNDING = INT8_ZERO + 0.5;
/** Scales below it, float32's smallest normal number, are too coarse themselves. */
const SMALLEST = 2 ** -126;

/**
 * Quantises a matrix.
 *
 * @param matrix - [rows, columns] row-major, or [columns, rows] when `how.transposed`.
 * @returns The half that `how.part` names: bytes [rows, blocks, blockSize] or scales [rows, blocks].
 */
export function quantiseBlocks(matrix: Float32Array, how: Quantisation): Uint8Array | Float32Array {
  const { part, rows, columns, blockSize, transposed } = how;
  const blocks = Math.ceil(columns / blockSize);
  const values = new Uint8Array(part === "values" ? rows * blocks * blockSize : 0).fill(INT8_ZERO);
  const scales = new Float32Array(part === "scales" ? rows * blocks : 0);
  const step = transposed ? rows : 1;
  for (let row = 0; row < rows; row++) {
    const start = transposed ? row : row * columns;
    for (let block = 0; block < blocks; block++) {
      const first = block * blockSize;
      const end = Math.min(columns, first + blockSize);
      let largest = 0;
      for (let i = first; i < end; i++) largest = Math.max(largest, Math.abs(matrix[start + i * step] as number));
      const scale = Math.fround(largest / LARGEST);
      if (part === "scales") scales[row * blocks + block] = scale;
      // A block of zeros, or of numbers too small for a scale, stays zero; what is not a number shows in the scale.
      else if (scale >= SMALLEST) {
        const to = row * blocks * blockSize;
        // Between 1 and 255, so that cutting off what follows the point rounds to nearest.
        for (let i = first; i < end; i++) values[to + i] = ((matrix[start + i * step] as number) / scale + ROUNDING) | 0;
      }
    }
  }
  return part === "values" ? values : scales;
}

/**
 * The bytes of a quantised parameter, from those of the parameter that it is made of.
 *
 * @throws FoleyError `bad-weights` when that is no matrix of float32 or float16 of the right size.
 */
export function quantisedBytes(
  how: Quantisation,
  { dtype, shape }: Omit<StoredParameter, "bytes">,
  bytes: Uint8Array,
): Uint8Array {
  const size = { float32: 4, float16: 2 }[dtype as string];
  if (size === undefined || bytes.length !== how.rows * how.columns * size) {
    throw new FoleyError(
      "bad-weights",
      `A matrix of ${how.rows}×${how.columns} numbers was to be quantised, but it is ${dtype} [${shape.join(", ")}] in ${bytes.length} bytes.`,
    );
  }
  const matrix = dtype === "float16" ? float16ToFloat32(typedArrayOf("float16", bytes)) : typedArrayOf("float32", bytes);
  return bytesOf(quantiseBlocks(matrix, how));
}
