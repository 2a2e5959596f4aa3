import { expect, test } from "vitest";
import { planDecode } from "./decode-plan.js";

test("a clip that fits, and a codec without a limit or a context, is one piece", () => {
  const whole = [{ from: 0, to: 50, keepFrom: 0, keepTo: 50 }];
  expect(planDecode({ decodeContext: 10, decodeChunk: 50 }, 50)).toEqual(whole);
  expect(planDecode({ decodeContext: 10 }, 50)).toEqual(whole);
  expect(planDecode({ decodeContext: undefined, decodeChunk: 20 }, 50)).toEqual(whole);
});

test("pieces are of one length, keep every latent once, in order, with their context or the clip's end on both sides", () => {
  for (const [context, chunk] of [
    [0, 1],
    [1, 3],
    [2, 9],
    [10, 21],
    [10, 128],
  ] as const) {
    for (let frames = chunk + 1; frames < 4 * chunk; frames++) {
      let next = 0;
      const wrong = planDecode({ decodeContext: context, decodeChunk: chunk }, frames).filter(
        ({ from, to, keepFrom, keepTo }) => {
          const follows = keepFrom === next && keepTo > keepFrom;
          next = keepTo;
          const inside = from >= 0 && to <= frames && to - from === chunk;
          const before = keepFrom - from >= (from === 0 ? 0 : context);
          const behind = to - keepTo >= (to === frames ? 0 : context);
          return !(follows && inside && before && behind);
        },
      );
      expect([frames, wrong, next]).toEqual([frames, [], frames]);
    }
  }
});

test("a chunk that is all context is an error", () => {
  expect(() => planDecode({ decodeContext: 10, decodeChunk: 20 }, 50)).toThrow(/nothing between its contexts of 10 latents/);
});
