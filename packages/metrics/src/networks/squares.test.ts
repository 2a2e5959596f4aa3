/** Offsets are those of the golden case `resize-uint8` of av-benchmark; the resize itself is tested in the signal package. */
import { bicubicResize } from "@foley-control/signal";
import type { Square } from "@foley-control/video-encoder";
import { synchformerPixels, synchformerSegments, synchformerSquare } from "@foley-control/video-encoder";
import { describe, expect, test } from "vitest";
import { imagebindPixels, imagebindSquares } from "./imagebind/pictures.js";

/** Every pixel says where it is. */
function placed(height: number, width: number) {
  const rgb = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rgb.set([x % 251, y % 251, (x * 7 + y * 13) % 256], 3 * (y * width + x));
  return { rgb, height, width };
}
const corner = (square: Square) => [square[0], square[1]];
const one = (bytes: readonly number[]): Square => {
  const square = new Uint8Array(224 * 224 * 3);
  for (let i = 0; i < square.length; i++) square[i] = bytes[i % 3] as number;
  return square;
};

describe("squares of a picture", () => {
  test.each([
    [224, [0, 0, 0], 0],
    [225, [0, 1, 1], 0],
    [226, [0, 1, 2], 1],
    [227, [0, 2, 3], 2],
    [299, [0, 38, 75], 38],
    [397, [0, 87, 173], 86],
    [398, [0, 87, 174], 87],
    [399, [0, 88, 175], 88],
    [401, [0, 89, 177], 88],
  ])("along %i pixels", (long, three, middle) => {
    expect(imagebindSquares(placed(224, long)).map(corner)).toEqual(three.map((offset) => [offset, 0]));
    expect(imagebindSquares(placed(long, 224)).map(corner)).toEqual(three.map((offset) => [0, offset]));
    expect(corner(synchformerSquare(placed(224, long)))).toEqual([middle, 0]);
    expect(corner(synchformerSquare(placed(long, 224)))).toEqual([0, middle]);
  });

  test("are cut out of the picture whose short side was resized", () => {
    const picture = placed(90, 160);
    const whole = bicubicResize(picture.rgb, 160, 90, 398, 224);
    const rowOf = (left: number, y: number) => Buffer.from(whole.subarray((y * 398 + left) * 3, (y * 398 + left + 224) * 3));
    const expected = [0, 87, 174].map((left) => Buffer.concat(Array.from({ length: 224 }, (_, y) => rowOf(left, y))));
    expect(imagebindSquares(picture).map((square, i) => expected[i]?.equals(square))).toEqual([true, true, true]);
    expect(expected[1]?.equals(synchformerSquare(picture))).toBe(true);
  });
});

describe("Synchformer's pixels", () => {
  test("are −1 … 1, plane by plane, in segments that overlap by half", () => {
    const frames = Array.from({ length: 32 }, (_, i) => one([0, 255, i]));
    expect([200, 250, 16, 15, 0].map(synchformerSegments)).toEqual([24, 30, 1, 0, 0]);
    expect(synchformerSegments(frames.length)).toBe(3);
    const pixels = synchformerPixels(frames, 1, 2);
    const plane = 224 * 224;
    expect(pixels).toHaveLength(2 * 16 * 3 * plane);
    expect([pixels[0], pixels[plane - 1], pixels[plane], pixels[2 * plane]]).toEqual([-1, -1, 1, Math.fround(8 / 127.5 - 1)]);
    // The second segment begins 8 frames later.
    for (const offset of [0, plane, 2 * plane, 3 * plane - 1])
      expect(pixels[16 * 3 * plane + offset]).toBe(pixels[8 * 3 * plane + offset]);
    expect(() => synchformerPixels(frames, 2, 2)).toThrow(/32 frames hold 3 segments; 2 from the segment 2 on/);
  });
});

describe("ImageBind's pixels", () => {
  test("are pairs of frames, place by place, in CLIP's normalisation", () => {
    const frames = [0, 1, 2].map((frame) => [0, 1, 2].map((place) => one([100 + 10 * frame + place, 0, 255])));
    const pixels = imagebindPixels(frames);
    const plane = 224 * 224;
    const [clip, picture] = [2 * 3 * plane, 3 * plane];
    expect(pixels).toHaveLength(6 * clip);
    const red = (value: number) => (value / 255 - 0.48145466) / 0.26862954;
    const firsts = Array.from({ length: 12 }, (_, i) => pixels[i * picture] as number);
    const expected = [100, 110, 101, 111, 102, 112, 110, 120, 111, 121, 112, 122].map(red);
    for (const [i, value] of firsts.entries()) expect(value).toBeCloseTo(expected[i] as number, 6);
    expect(pixels[plane]).toBeCloseTo(-0.4578275 / 0.26130258, 6);
    expect(pixels[2 * plane]).toBeCloseTo((1 - 0.40821073) / 0.27577711, 6);
    expect(() => imagebindPixels(frames.slice(0, 1))).toThrow(/1 frames are too few for ImageBind; 2 were expected/);
  });
});
