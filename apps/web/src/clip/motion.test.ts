/** The curve of motion follows the sizes of pictures that lean on others. */
import { expect, it } from "vitest";
import { MOTION_PER_SECOND, motionCurve } from "./motion.js";

const pictures = (seconds: number, bytes: (time: number) => number, key: (index: number) => boolean) =>
  Array.from({ length: seconds * 25 }, (_, i) => ({ time: i / 25, bytes: key(i) ? 90_000 : bytes(i / 25), key: key(i) }));

it("is high where pictures are large and not where key frames stand", () => {
  const curve = motionCurve(
    pictures(
      10,
      (time) => (time > 4 && time < 5 ? 20_000 : 1000),
      (i) => i % 50 === 0,
    ),
    10,
  );
  expect(curve.length).toBe(10 * MOTION_PER_SECOND);
  expect(curve[45]).toBe(1);
  expect(curve[20]).toBe(0);
  expect(curve[80]).toBe(0);
});

it("says nothing of codecs without differences", () => {
  expect(
    motionCurve(
      pictures(
        2,
        () => 5000,
        () => true,
      ),
      2,
    ),
  ).toHaveLength(0);
});

it("is flat where nothing changes", () => {
  expect(
    [
      ...motionCurve(
        pictures(
          2,
          () => 5000,
          (i) => i === 0,
        ),
        2,
      ),
    ].every((value) => value === 0),
  ).toBe(true);
});
