/** Which pictures an encoder is shown: those that it says it takes. */
import { type Executable, memoryParameters, type PlainTensor, type VideoEncoder } from "@foley-control/core";
import type { Frame, FramesOptions, MediaFile } from "@foley-control/media";
import { expect, test } from "vitest";
import { encodeVideo } from "./video-tokens.js";

const encoder: VideoEncoder = {
  specificationVersion: "v1",
  kind: "video-encoder",
  id: "test/picture@1",
  frameRate: 8,
  window: 1,
  imageSize: [2, 2],
  normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
  tokenRate: 8,
  tokenWidth: 1,
  weights: memoryParameters({}),
  graph: () => ({ name: "none", inputs: [], outputs: {} }),
};
/** Says of a picture its first byte. */
const executable = {
  run: async ({ pixels }: { readonly pixels: PlainTensor<"float32"> }) => ({
    tokens: { dtype: "float32", shape: [1, 1, 1], data: Float32Array.of(255 * (pixels.data[0] as number)) },
  }),
} as unknown as Executable;

test("are asked for as the encoder takes them: those on screen, or those that come next", async () => {
  const asked: (FramesOptions | undefined)[] = [];
  const media = {
    info: { video: { height: 2, width: 2 } },
    async *frames(options?: FramesOptions): AsyncGenerator<Frame> {
      asked.push(options);
      for (let index = 0; index < 4; index++)
        yield {
          index,
          time: index / 8,
          repeated: false,
          rgb: new Uint8Array(12).fill(options?.takes === "next" ? index + 1 : index),
        };
    },
  } as unknown as MediaFile;
  const tokensOf = async (one: VideoEncoder) =>
    [...(await encodeVideo(media, one, executable, { start: 1, duration: 0.5 }, { seconds: 0.5 })).tokens.data].map(Math.round);
  expect(await tokensOf(encoder)).toEqual([0, 1, 2, 3]);
  expect(await tokensOf({ ...encoder, takes: "next" })).toEqual([1, 2, 3, 4]);
  expect(asked.map((options) => options?.takes)).toEqual([undefined, "next"]);
  expect(asked[1]).toMatchObject({ fps: 8, start: 1, size: [2, 2] });
});
