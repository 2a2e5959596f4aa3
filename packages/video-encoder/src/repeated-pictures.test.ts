/** An encoder of single pictures is asked once for each different picture, and its rows are as many as there are pictures. */
import type { Executable } from "@foley-control/core";
import { expect, it } from "vitest";
import { encodeSegments, segmentPixels } from "./encode.js";

/** The first number of the pixels. */
const first = ({ pixels }: Parameters<Executable["run"]>[0]): Float32Array<ArrayBuffer> => {
  if (!pixels || !("data" in pixels)) throw new Error("no pixels");
  return Float32Array.of(Number(pixels.data[0]));
};

it("asks once for a picture that stays", async () => {
  const encoder = {
    id: "brightness",
    window: 1,
    frameRate: 8,
    tokenRate: 8,
    tokenWidth: 1,
    imageSize: [1, 1],
    normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
  } as const;
  const levels = [0, 51, 51, 51, 255, 255];
  const pictures = levels.map((level, i) => ({ rgb: new Uint8Array(3).fill(level), repeated: i > 0 && level === levels[i - 1] }));
  let runs = 0;
  const executable: Pick<Executable, "run"> = {
    run: async (inputs) => {
      runs++;
      return {
        tokens: {
          dtype: "float32",
          shape: [1, 1, 1],
          data: first(inputs),
        },
      };
    },
  };
  const { tokens } = await encodeSegments(executable as Executable, encoder, segmentPixels(encoder, pictures, [1, 1]));
  expect(runs).toBe(3);
  expect([...tokens.data]).toEqual(levels.map((level) => Math.fround(level / 255)));
});
