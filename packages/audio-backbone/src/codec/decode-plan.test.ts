import type { PlainTensor } from "@foley-control/core";
import { expect, test } from "vitest";
import { decodeInPieces, firstLatents, planDecode, soundingLatents } from "./decode-plan.js";

test("the pieces of a clip as they were planned for a chunk of 40", () => {
  expect(planDecode({ decodeContext: 10, decodeChunk: 40 }, 72)).toEqual([
    { from: 0, to: 40, keepFrom: 0, keepTo: 30 },
    { from: 20, to: 60, keepFrom: 30, keepTo: 50 },
    { from: 32, to: 72, keepFrom: 50, keepTo: 72 },
  ]);
});

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

test("pieces are joined where they belong, in every row of a batch", async () => {
  const [frames, hop] = [23, 3];
  const latents: PlainTensor<"float32"> = {
    dtype: "float32",
    shape: [2, 2, frames],
    data: Float32Array.from({ length: 4 * frames }, (_, i) => i),
  };
  // Every sample says which latent it is of; the ends of a piece, that depend on what is not there, are wrong on purpose.
  const decode = async ({ data, shape }: PlainTensor<"float32">): Promise<PlainTensor<"float32">> => {
    const length = shape[2] as number;
    const isEnd = (i: number) => i === 0 || i === length - 1;
    const sound = Float32Array.from({ length: data.length * hop }, (_, i) => {
      const place = Math.floor(i / hop);
      const value = data[place] as number;
      return isEnd(place % length) && value % frames !== 0 && value % frames !== frames - 1 ? -1 : value;
    });
    return { dtype: "float32", shape: [2, 2, length * hop], data: sound };
  };
  const codec = { decodeContext: 1, decodeChunk: 7, hop };
  const { shape, data } = await decodeInPieces(codec, latents, decode);
  expect(shape).toEqual([2, 2, frames * hop]);
  expect(Array.from(data)).toEqual(Array.from(data, (_, i) => Math.floor(i / hop)));
  await expect(decodeInPieces({ ...codec, hop: 4 }, latents, decode)).rejects.toThrow(
    /7 latents were decoded to \[2, 2, 21\], not to 28/,
  );
});

test("pieces begin where a codec's chunks begin, the last one too", () => {
  for (const frames of [30, 31, 32, 33]) {
    const pieces = planDecode({ decodeContext: 4, decodeChunk: 17, decodeAlign: 3 }, frames);
    expect(pieces.every(({ from }) => from % 3 === 0)).toBe(true);
    expect(pieces.map(({ keepFrom }) => keepFrom)).toEqual([0, ...pieces.slice(0, -1).map(({ keepTo }) => keepTo)]);
    expect(pieces.at(-1)).toMatchObject({ to: frames, keepTo: frames });
    expect(pieces.every(({ from, keepFrom }) => keepFrom === 0 || keepFrom - from >= 4)).toBe(true);
  }
  expect(() => planDecode({ decodeContext: 4, decodeChunk: 9, decodeAlign: 2 }, 40)).toThrow(/nothing between its contexts/);
});

test("what was sampled behind the end of a clip is decoded only as far as its sound depends on it", () => {
  expect(soundingLatents({ decodeContext: 4 }, 172, 108)).toBe(112);
  expect(soundingLatents({ decodeContext: 4 }, 110, 108)).toBe(110);
  expect(soundingLatents({ decodeContext: undefined }, 172, 108)).toBe(172);
  const stages = { whole: () => ({}) as never, piece: () => ({}) as never };
  expect(soundingLatents({ decodeContext: 4, decodeStages: stages }, 172, 108)).toBe(172);
  const latents: PlainTensor<"float32"> = { dtype: "float32", shape: [1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(firstLatents(latents, 2)).toEqual({ dtype: "float32", shape: [1, 2, 2], data: Float32Array.of(1, 2, 4, 5) });
  expect(firstLatents(latents, 3)).toBe(latents);
});
