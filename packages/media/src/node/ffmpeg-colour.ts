/** Colours by way of `ffmpeg`: its scaler converts by the matrix that our own conversion would use, where it knows it. */
import { type ColourTags, colourMatrix, planesToRgb, UNTAGGED_709_ROWS } from "../picture/colour.js";

/** How pictures of one track are asked for. */
export interface ProgramColour {
  /** For the scaler. */
  readonly flags: string;
  /** What comes out, three bytes for each pixel. */
  readonly format: "rgb24" | "yuv444p";
  /** What came, as interleaved RGB. */
  readonly rgb: (picture: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

const names: Readonly<Record<string, string>> = {
  bt709: "bt709",
  bt470bg: "bt601",
  smpte170m: "bt601",
  "bt2020-ncl": "bt2020",
  fcc: "fcc",
  smpte240m: "smpte240m",
};

/** The matrix for a picture of `rows` rows with these tags. */
export function programColour(tags: ColourTags, rows: number): ProgramColour {
  const range = colourMatrix(rows, tags).black === 0 ? "pc" : "tv";
  // It takes YCgCo for BT.601; planes it leaves as they are.
  if (tags.matrix === "ycgco")
    return {
      flags: `in_color_matrix=bt709:out_color_matrix=bt709:in_range=${range}:out_range=tv`,
      format: "yuv444p",
      rgb: (picture) => fromPlanes(picture, rows),
    };
  const matrix = names[tags.matrix ?? ""] ?? (rows >= UNTAGGED_709_ROWS ? "bt709" : "bt601");
  return { flags: `in_color_matrix=${matrix}:in_range=${range}`, format: "rgb24", rgb: (picture) => picture };
}

function fromPlanes(picture: Uint8Array, rows: number): Uint8Array<ArrayBuffer> {
  const pixels = picture.length / 3;
  const [y, u, v] = [0, 1, 2].map((plane) => Float32Array.from(picture.subarray(plane * pixels, (plane + 1) * pixels)));
  const rgb = new Uint8ClampedArray(picture.length);
  const matrix = colourMatrix(rows, { matrix: "ycgco", fullRange: false });
  planesToRgb(y as Float32Array, u as Float32Array, v as Float32Array, matrix, rgb);
  return new Uint8Array(rgb.buffer);
}
