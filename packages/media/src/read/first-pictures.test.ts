/** Ticks fall on pictures by a running sum in float64, as the reference adds; whole lists of it are golden cases (parity). */
import { expect, it } from "vitest";
import { firstPictures } from "./first-pictures.js";

it("a tick takes the first picture at or after it, several ticks the same one, and a picture at the very end is seen", () => {
  expect(firstPictures([0, 0.3, 0.5, 1], 4, 1)).toEqual([0, 1, 2, 3, 3]);
  expect(firstPictures([-0.1, 0.2, 1.2], 4, 1)).toEqual([1]);
});

it("the sum of ticks drifts: 25 pictures of 25 per second give 24", () => {
  const times = Array.from({ length: 25 }, (_, i) => i / 25);
  expect(firstPictures(times, 25, 5)).toHaveLength(24);
});
