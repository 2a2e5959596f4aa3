/**
 * RGB → planar YUV 4:2:0 for encoders, BT.709 limited range (ITU-R BT.709-6 §3). Chroma is the mean of each 2 × 2 block.
 * Ours, so that the matrix is known and tagged, and the same bytes come out everywhere.
 */

/** Converts interleaved 8-bit RGB of even width and height to I420 planes, one after another in one array. */
export function rgbToI420(rgb: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array((width * height * 3) / 2);
  const halfWidth = width >> 1;
  const uStart = width * height;
  const vStart = uStart + halfWidth * (height >> 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width * 3; x < width; x++, i += 3) {
      const luma = 0.2126 * (rgb[i] as number) + 0.7152 * (rgb[i + 1] as number) + 0.0722 * (rgb[i + 2] as number);
      out[y * width + x] = Math.round(16 + (219 / 255) * luma);
    }
  }
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const i = (y * width + x) * 3;
      const j = i + width * 3;
      const r = ((rgb[i] as number) + (rgb[i + 3] as number) + (rgb[j] as number) + (rgb[j + 3] as number)) / 4;
      const g = ((rgb[i + 1] as number) + (rgb[i + 4] as number) + (rgb[j + 1] as number) + (rgb[j + 4] as number)) / 4;
      const b = ((rgb[i + 2] as number) + (rgb[i + 5] as number) + (rgb[j + 2] as number) + (rgb[j + 5] as number)) / 4;
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      const o = (y >> 1) * halfWidth + (x >> 1);
      out[uStart + o] = Math.round(128 + ((224 / 255) * (b - luma)) / 1.8556);
      out[vStart + o] = Math.round(128 + ((224 / 255) * (r - luma)) / 1.5748);
    }
  }
  return out;
}
