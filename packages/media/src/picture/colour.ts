/**
 * YUV → RGB (ITU-R BT.601-7, BT.709-6, BT.2020-2; ISO/IEC 23091-2 §8.3 for the rest).
 *
 * One rule for pictures that carry no colour tags, in every world: BT.709 from 720 rows on, BT.601 below; limited range.
 * Wide-gamut and high-dynamic-range pictures are converted by their matrix only; there is no tone mapping.
 */

/** Colour tags; `null` or missing means untagged. */
export interface ColourTags {
  readonly matrix?: string | null | undefined;
  readonly fullRange?: boolean | null | undefined;
}

/** Numbers of one conversion, on the 0..255 scale: luma · (Y − black), then the chroma differences scaled by these. */
export interface ColourMatrix {
  readonly black: number;
  readonly luma: number;
  readonly redFromU: number;
  readonly redFromV: number;
  readonly greenFromU: number;
  readonly greenFromV: number;
  readonly blueFromU: number;
  readonly blueFromV: number;
}

/** Rows from which an untagged picture is taken for BT.709. */
export const UNTAGGED_709_ROWS = 720;

const lumaWeights: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  fcc: [0.3, 0.11],
  smpte240m: [0.212, 0.087],
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  "bt2020-ncl": [0.2627, 0.0593],
};

/** The conversion for a picture of `height` rows; tags given first win over later ones, untagged falls back to the rule above. */
export function colourMatrix(height: number, ...tags: readonly ColourTags[]): ColourMatrix {
  const known = tags
    .map((tag) => tag.matrix)
    .find((matrix) => matrix === "ycgco" || (typeof matrix === "string" && matrix in lumaWeights));
  const full = tags.map((tag) => tag.fullRange).find((range) => typeof range === "boolean") ?? false;
  const chroma = full ? 1 : 255 / 224;
  const light = { black: full ? 0 : 16, luma: full ? 1 : 255 / 219 };
  if (known === "ycgco")
    return {
      ...light,
      redFromU: -chroma,
      redFromV: chroma,
      greenFromU: chroma,
      greenFromV: 0,
      blueFromU: -chroma,
      blueFromV: -chroma,
    };
  const [red, blue] = lumaWeights[known ?? (height >= UNTAGGED_709_ROWS ? "bt709" : "smpte170m")] as readonly [number, number];
  const green = 1 - red - blue;
  return {
    ...light,
    redFromU: 0,
    blueFromV: 0,
    redFromV: chroma * 2 * (1 - red),
    greenFromU: (-chroma * 2 * (1 - blue) * blue) / green,
    greenFromV: (-chroma * 2 * (1 - red) * red) / green,
    blueFromU: chroma * 2 * (1 - blue),
  };
}

/** Converts resized planes (0..255 scale) to interleaved 8-bit RGB. */
export function planesToRgb(
  y: Float32Array,
  u: Float32Array,
  v: Float32Array,
  matrix: ColourMatrix,
  rgb: Uint8ClampedArray,
): void {
  for (let i = 0, o = 0; i < y.length; i++, o += 3) {
    const luma = ((y[i] as number) - matrix.black) * matrix.luma;
    const cb = (u[i] as number) - 128;
    const cr = (v[i] as number) - 128;
    rgb[o] = luma + matrix.redFromU * cb + matrix.redFromV * cr;
    rgb[o + 1] = luma + matrix.greenFromU * cb + matrix.greenFromV * cr;
    rgb[o + 2] = luma + matrix.blueFromU * cb + matrix.blueFromV * cr;
  }
}

/**
 * Undoes a conversion to RGB that took limited-range BT.601 for granted, as FFmpeg's scaler does for formats that have no planes here, and
 * converts by the right matrix.
 */
export function convertedAgain(
  rgb: readonly [Float32Array, Float32Array, Float32Array],
  matrix: ColourMatrix,
): Uint8ClampedArray {
  const [red, green, blue] = rgb;
  const [y, u, v] = [new Float32Array(red.length), new Float32Array(red.length), new Float32Array(red.length)];
  const [kr, kb] = lumaWeights["smpte170m"] as readonly [number, number];
  for (let i = 0; i < red.length; i++) {
    const [r, b] = [red[i] as number, blue[i] as number];
    const luma = kr * r + (1 - kr - kb) * (green[i] as number) + kb * b;
    y[i] = 16 + (luma * 219) / 255;
    u[i] = 128 + ((b - luma) * 224) / 255 / (2 * (1 - kb));
    v[i] = 128 + ((r - luma) * 224) / 255 / (2 * (1 - kr));
  }
  const out = new Uint8ClampedArray(red.length * 3);
  planesToRgb(y, u, v, matrix, out);
  return out;
}
