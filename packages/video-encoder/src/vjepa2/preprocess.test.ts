/** Pictures against the video processor of Hugging Face, bit for bit; see ../../fixtures/README.md. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { crc32, readJson, readTensors } from "../../fixtures/fixture-files.js";
import { cropPicture, normaliseTable, planCrop, VJEPA2_NORMALISATION, vjepa2Preprocess } from "./preprocess.js";

interface Frame {
  readonly size: readonly [number, number];
  readonly resized: readonly [number, number];
  readonly crop: { readonly top: number; readonly left: number; readonly size: number };
  readonly inputSha256: string;
  readonly cropSha256: string;
}
interface SizeRow {
  readonly size: readonly [number, number];
  readonly "256": { readonly resized: readonly [number, number]; readonly topLeft: readonly [number, number] };
  readonly "384": SizeRow["256"];
}
const golden = readJson<{
  readonly frames: Readonly<Record<string, Frame>>;
  readonly secondCrop: { readonly frame: string; readonly crop: number; readonly cropSha256: string };
  readonly sizeTable: readonly SizeRow[];
}>("./vjepa2-preprocess.json");
const stored = readTensors("./vjepa2-preprocess.safetensors");
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Noise over a chequered ramp, by the formula of the case. */
function picture(name: string) {
  const [height, width] = (golden.frames[name] as Frame).size;
  const start = crc32(`input:frame:${name}`) ^ 1;
  const rgb = new Uint8Array(height * width * 3);
  for (let k = 0; k < rgb.length; k++) {
    const [c, x, y] = [k % 3, Math.floor(k / 3) % width, Math.floor(k / (3 * width))];
    let h = (k + start) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    const noise = (h ^ (h >>> 16)) >>> 24;
    const ramp = ((x * (c + 2) + y * (3 - c)) >> 2) & 255;
    const value = ((x >> 4) ^ (y >> 4)) & 1 ? 255 - ramp : ramp;
    rgb[k] = (value * 3 + noise) >> 2;
  }
  return { rgb, height, width };
}

describe.each(Object.entries(golden.frames))("frame %s", (name, { crop, inputSha256, cropSha256, resized }) => {
  const frame = picture(name);
  const size = [crop.size, crop.size] as const;
  test("is resized and cropped to the same bytes", () => {
    expect(sha256(frame.rgb), "the picture itself").toBe(inputSha256);
    expect(planCrop(frame.height, frame.width, size)).toEqual({
      height: resized[0],
      width: resized[1],
      top: crop.top,
      left: crop.left,
    });
    expect(sha256(cropPicture(frame, size))).toBe(cropSha256);
  });
  test("is normalised to the same numbers", () => {
    const pixels = vjepa2Preprocess(size)(frame);
    const every8th = pixels.filter((_, i) => i % 8 === 0 && Math.floor(i / crop.size) % 8 === 0);
    expect(every8th).toEqual(stored(`frame.${name}.pixel_values_stride8`).data);
  });
});

test("a larger crop", () => {
  const { frame, crop, cropSha256 } = golden.secondCrop;
  expect(sha256(cropPicture(picture(frame), [crop, crop]))).toBe(cropSha256);
});

test.each(golden.sizeTable)("sizes of a picture of $size", (row) => {
  for (const crop of [256, 384] as const) {
    const { resized, topLeft } = row[`${crop}`];
    expect(planCrop(row.size[0], row.size[1], [crop, crop])).toEqual({
      height: resized[0],
      width: resized[1],
      top: topLeft[0],
      left: topLeft[1],
    });
  }
});

test("the number of every byte", () => {
  const table = normaliseTable(VJEPA2_NORMALISATION).flatMap((values) => [...values]);
  expect(Float32Array.from(table)).toEqual(stored("normalize_lut").data);
});

test("a crop that is wider than tall is covered as closely", () => {
  expect(planCrop(1080, 1920, [256, 448])).toEqual({ height: 292, width: 519, top: 18, left: 35 });
  expect(planCrop(1920, 1080, [256, 448])).toEqual({ height: 910, width: 512, top: 327, left: 32 });
});
