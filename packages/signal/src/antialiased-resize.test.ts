import { describe, expect, it } from "vitest";
import { testRandom } from "../fixtures/synthetic-sounds.js";
import { bicubicResize, bilinearResize } from "./antialiased-resize.js";

const random = testRandom(31);
const picture = (width: number, height: number, channels = 3) =>
  Uint8Array.from({ length: width * height * channels }, () => Math.floor(random.uniform() * 256));

/** The triangle filter in float64, rounded only after each pass. */
function reference(pixels: Uint8Array, width: number, height: number, toWidth: number, toHeight: number): Float64Array {
  const along = (from: number, to: number, at: number) => {
    const scale = from / to;
    const support = Math.max(scale, 1);
    const centre = scale * (at + 0.5);
    const weights = Array.from({ length: from }, (_, j) => Math.max(0, 1 - Math.abs(j + 0.5 - centre) / support));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return from === to ? weights.map((_, j) => (j === at ? 1 : 0)) : weights.map((weight) => weight / total);
  };
  const between = new Float64Array(height * toWidth);
  for (let x = 0; x < toWidth; x++) {
    const weights = along(width, toWidth, x);
    for (let y = 0; y < height; y++)
      between[y * toWidth + x] = Math.round(weights.reduce((sum, weight, j) => sum + weight * pixels[y * width + j]!, 0));
  }
  const out = new Float64Array(toHeight * toWidth);
  for (let y = 0; y < toHeight; y++) {
    const weights = along(height, toHeight, y);
    for (let x = 0; x < toWidth; x++)
      out[y * toWidth + x] = weights.reduce((sum, weight, j) => sum + weight * between[j * toWidth + x]!, 0);
  }
  return out;
}

describe("bilinearResize", () => {
  it.each([
    [31, 17, 12, 40],
    [40, 30, 10, 10],
    [9, 9, 23, 9],
    [1, 1, 5, 4],
  ])("%i×%i → %i×%i is the triangle filter within a level", (width, height, toWidth, toHeight) => {
    const pixels = picture(width, height, 1);
    const expected = reference(pixels, width, height, toWidth, toHeight);
    const found = bilinearResize(pixels, width, height, toWidth, toHeight, { channels: 1 });
    expect(found).toHaveLength(expected.length);
    for (let i = 0; i < expected.length; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(1.05);
  });
  it("computes a crop as a part of the whole", () => {
    const pixels = picture(37, 29);
    const whole = bilinearResize(pixels, 37, 29, 20, 44);
    const crop = { left: 5, top: 9, width: 11, height: 30 };
    const part = bilinearResize(pixels, 37, 29, 20, 44, { crop });
    const cut = Array.from({ length: crop.height }, (_, y) => {
      const from = ((crop.top + y) * 20 + crop.left) * 3;
      return [...whole.subarray(from, from + crop.width * 3)];
    }).flat();
    expect([...part]).toEqual(cut);
  });
  it("copies a picture that keeps its size, and keeps a flat one flat", () => {
    const pixels = picture(8, 6);
    expect(bilinearResize(pixels, 8, 6, 8, 6)).toEqual(pixels);
    for (const level of [0, 1, 254, 255])
      expect(new Set(bilinearResize(new Uint8Array(50 * 40 * 3).fill(level), 50, 40, 33, 71))).toEqual(new Set([level]));
  });
  it("refuses sizes that do not fit", () => {
    const pixels = picture(4, 4);
    expect(() => bilinearResize(pixels, 4, 5, 2, 2)).toThrow(/4×5 pixels of 3 channels are 60 bytes; got 48/);
    expect(() => bilinearResize(pixels, 4, 4, 0, 2)).toThrow(/toWidth is 0/);
    const crop = { left: 1, top: 0, width: 2, height: 2 };
    expect(() => bilinearResize(pixels, 4, 4, 2, 2, { crop })).toThrow(
      /A crop of 2×2 at \(1, 0\) is not inside a picture of 2×2/,
    );
  });
});

describe("bicubicResize", () => {
  it("is the reference's, byte for byte, down and up", () => {
    const pixels = Uint8Array.from({ length: 54 }, (_, at) => {
      const [i, j] = [Math.floor(at / 9), at % 9];
      return (37 * i + 53 * j + 11 * i * j) % 256;
    });
    expect([...bicubicResize(pixels, 9, 6, 6, 4, { channels: 1 })]).toEqual(
      [
        [26, 113, 181, 73, 117, 136],
        [86, 174, 108, 126, 103, 123],
        [163, 117, 120, 96, 138, 106],
        [151, 130, 170, 137, 135, 93],
      ].flat(),
    );
    const corner = Uint8Array.from({ length: 9 }, (_, at) => pixels[Math.floor(at / 3) * 9 + (at % 3)]!);
    expect([...bicubicResize(corner, 3, 3, 5, 5, { channels: 1 })]).toEqual(
      [
        [0, 13, 49, 86, 105],
        [10, 29, 68, 107, 128],
        [32, 57, 101, 145, 170],
        [57, 85, 134, 184, 212],
        [71, 100, 153, 205, 235],
      ].flat(),
    );
  });
});
