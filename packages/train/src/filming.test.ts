/** Filming anew: what is drawn is what is done, and places go where their pixels go. */
import { createRandom } from "@foley-control/core";
import { expect, test } from "vitest";
import { filmed } from "./filming.js";

const SIZE = 80;
/** A bright dot on a dim ramp, which moves to the right. */
const clip = (() => {
  const luma = new Uint8Array(16 * SIZE * SIZE);
  for (let frame = 0; frame < 16; frame++)
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++) {
        const near = (x - 32 - frame) ** 2 + (y - 40) ** 2;
        luma[(frame * SIZE + y) * SIZE + x] = Math.round(30 + 0.3 * x + 170 * Math.exp(-near / 8));
      }
  return { luma, size: SIZE, frameRate: 32 };
})();
const dot = { x: 40.5 / SIZE, y: 40.5 / SIZE };

test("the same draw films the same, another draw another way", () => {
  const film = (seed: number) => filmed(clip, 64, createRandom(seed, "film"), [dot]).luma;
  expect(film(1)).toEqual(film(1));
  expect(film(1)).not.toEqual(film(2));
});

test("a place is where its picture is", () => {
  let [near, counted] = [0, 0];
  for (let seed = 0; seed < 40; seed++) {
    const { luma, place } = filmed(clip, 64, createRandom(seed, "film"), [dot]);
    const time = 8 / 32;
    const { x, y } = place(time, dot.x, dot.y);
    if (!(x > 0.1 && x < 0.9 && y > 0.1 && y < 0.9)) continue;
    const picture = luma.subarray(8 * 4096, 9 * 4096);
    const brightest = picture.reduce((best, value, i) => (value > (picture[best] as number) ? i : best), 0);
    counted++;
    // Repeated pictures are up to two frames old; the dot moves a pixel a frame.
    if (Math.hypot((brightest % 64) + 0.5 - 64 * x, Math.floor(brightest / 64) + 0.5 - 64 * y) < 5) near++;
  }
  expect(counted).toBeGreaterThan(25);
  // Noise and clipped light hide the dot now and then.
  expect(near / counted).toBeGreaterThan(0.8);
});

test("pictures repeat where a slower camera would repeat them", () => {
  const repeated = Array.from({ length: 60 }, (_, seed) => {
    const { luma } = filmed(clip, 64, createRandom(seed, "film"), []);
    return Array.from({ length: 15 }, (_unused, i) => i + 1).filter((frame) =>
      luma.subarray(frame * 4096, (frame + 1) * 4096).every((value, i) => value === luma[(frame - 1) * 4096 + i]),
    ).length;
  });
  // At 15 pictures a second more than half of 32 are repeated; at 30 one in sixteen.
  expect(Math.max(...repeated)).toBeGreaterThanOrEqual(7);
  expect(repeated.filter((count) => count === 0).length).toBeGreaterThan(10);
});
