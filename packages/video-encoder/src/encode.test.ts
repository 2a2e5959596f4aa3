/** Pictures → tokens: preparation, windows, filling, and what is refused. */
import { type Executable, FoleyError, memoryParameters, type VideoEncoder } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { encodeSegments, segmentPixels, shownSize } from "./encode.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

/** Tokens are the means of two frames' planes, so that it shows which frames went where. */
const encoder: VideoEncoder = {
  specificationVersion: "v1",
  kind: "video-encoder",
  id: "means@1",
  frameRate: 4,
  window: 4,
  imageSize: [1, 2],
  normalisation: { mean: [0.5, 0, 1], std: [0.25, 1, 0.5] },
  tokenRate: 2,
  tokenWidth: 3,
  weights: memoryParameters({}),
  graph: ({ frames, batch = 1 }) => {
    const pixels = input("pixels", [batch, frames, 3, 1, 2]);
    const pairs = ops.reshape(pixels, [batch, frames / 2, 2, 3, 2]);
    return graph("means", [pixels], { tokens: ops.reshape(ops.mean(pairs, [2, 4]), [batch, frames / 2, 3]) });
  },
};
const grey = (value: number) => ({ rgb: new Uint8Array(6).fill(value) });
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

describe("segments", () => {
  test("pixels are normalised per colour, in planes", async () => {
    const rgb = Uint8Array.of(0, 51, 255, 255, 0, 102);
    const [segment] = await all(segmentPixels(encoder, [{ rgb }], [1, 2]));
    expect(segment?.frames).toBe(1);
    const expected = [-2, 2, 0.2, 0, 0, -1.2];
    for (let frame = 0; frame < 4; frame++)
      for (const [i, value] of expected.entries()) expect(segment?.pixels.data[frame * 6 + i]).toBeCloseTo(value, 5);
  });
  test("windows in one memory hold what windows of their own do, over an overlap, a repetition and a cut", async () => {
    const tall = { ...encoder, imageSize: [8, 8] as const };
    const flat = (value: number) => ({ rgb: new Uint8Array(192).fill(value) });
    const pictures = [...[1, 2, 3].map(flat), { ...flat(3), repeated: true }, ...[5, 6, 7, 250, 251, 252].map(flat)];
    for (const form of [tall, { ...tall, step: 2 }, { ...tall, context: 1 }, { ...tall, window: 1, tokenRate: 4 }]) {
      const seen = async (reused: boolean) => {
        const windows: [boolean, boolean, number, boolean, number[]][] = [];
        for await (const { first, last, frames, same, pixels } of segmentPixels(form, pictures, [8, 8], { shots: true, reused }))
          windows.push([first, last, frames, same === true, [...pixels.data]]);
        return windows;
      };
      expect(await seen(true)).toEqual(await seen(false));
    }
  });
  test("windows that overlap hold the pictures they share, and a clip that fills none has no tokens", async () => {
    const red = { normalisation: { mean: [0, 0, 0], std: [1 / 255, 1, 1] } };
    const seen = async (pictures: number, end: "hold" | "drop") =>
      (
        await all(
          segmentPixels(
            { ...encoder, ...red, step: 2, end },
            Array.from({ length: pictures }, (_, i) => grey(i)),
            [1, 2],
          ),
        )
      ).map(({ pixels }) => [0, 1, 2, 3].map((frame) => Math.round(pixels.data[frame * 6] as number)));
    expect(await seen(7, "drop")).toEqual([
      [0, 1, 2, 3],
      [2, 3, 4, 5],
    ]);
    expect(await seen(7, "hold")).toEqual([...(await seen(7, "drop")), [4, 5, 6, 6]]);
    expect(await seen(6, "hold")).toEqual(await seen(6, "drop"));
    const none = encodeSegments({} as Executable, encoder, segmentPixels({ ...encoder, end: "drop" }, [grey(1)], [1, 2]));
    await expect(none).rejects.toThrow(/too short.*4 pictures, 4 per second/);
  });
  test("an encoder that prepares pictures itself gets them in their own size", async () => {
    const seen: number[] = [];
    const own: VideoEncoder = {
      ...encoder,
      preprocess: ({ rgb, height, width }) => {
        seen.push(height, width);
        return new Float32Array(6).fill(rgb[0] as number);
      },
    };
    expect([shownSize(own, [5, 7]), shownSize(encoder, [5, 7])]).toEqual([
      [5, 7],
      [1, 2],
    ]);
    const pictures = [1, 2, 3].map((value) => ({ rgb: new Uint8Array(105).fill(value), repeated: value === 2 }));
    const [segment] = await all(segmentPixels(own, pictures, [5, 7]));
    // The repeated picture is not prepared again.
    expect(seen).toEqual([5, 7, 5, 7]);
    expect([...(segment?.pixels.data ?? [])].filter((_, i) => i % 6 === 0)).toEqual([1, 1, 3, 3]);
  });
  test("a picture of another size is refused", async () => {
    const wrong = all(segmentPixels(encoder, [{ rgb: new Uint8Array(5) }], [1, 2]));
    await expect(wrong).rejects.toSatisfy(FoleyError.isInstance);
    await expect(all(segmentPixels(encoder, [grey(1)], [2, 1]))).rejects.toThrow(/have 2×1 pixels; 1×2 were expected/);
  });
});

describe("tokens", () => {
  test.each([
    [1, 1],
    [4, 2],
    [5, 3],
    [8, 4],
    [11, 6],
  ])("%i pictures give %i tokens, those that show the clip", async (count, tokens) => {
    const pictures = Array.from({ length: count }, (_, i) => grey(i * 20));
    const executable = await runtime.load(encoder.graph({ frames: encoder.window }));
    const { tokens: found } = await encodeSegments(executable, encoder, segmentPixels(encoder, pictures, [1, 2]));
    expect(found.shape).toEqual([1, tokens, 3]);
    for (let token = 0; token < tokens; token++) {
      const last = Math.min(2 * token + 1, count - 1);
      // Of the green plane, which has mean 0 and deviation 1.
      expect(found.data[token * 3 + 1]).toBeCloseTo(((2 * token + last) * 20) / 2 / 255, 5);
    }
  });
  test("a network with other tokens than declared is named", async () => {
    const executable = await runtime.load(encoder.graph({ frames: encoder.window }));
    const wider = { ...encoder, tokenWidth: 4 };
    await expect(encodeSegments(executable, wider, segmentPixels(encoder, [grey(1)], [1, 2]))).rejects.toThrow(
      /"means@1" gave tokens of shape \[1, 2, 3\]; \[1, 2, 4\]/,
    );
  });
  test("where each run loads the network, windows are looked at together, and one that shows the same as before is not", async () => {
    const real = await runtime.load(encoder.graph({ frames: encoder.window }));
    const asked: number[] = [];
    const loading: Executable = {
      ...real,
      runEach: async (inputs, options) => {
        asked.push(inputs.length);
        return Promise.all(inputs.map((one) => real.run(one, options)));
      },
    };
    const windows = await all(segmentPixels(encoder, [10, 20, 30, 40, 50, 60, 70, 80, 90].map(grey), [1, 2]));
    const again = windows.flatMap((window) => [window, { ...window, same: true }]);
    const { tokens } = await encodeSegments(loading, encoder, again);
    expect(asked).toEqual([3]);
    expect(tokens).toEqual((await encodeSegments(real, encoder, again)).tokens);
  });
  test("a signal stops between windows", async () => {
    const controller = new AbortController();
    let runs = 0;
    const real = await runtime.load(encoder.graph({ frames: encoder.window }));
    const counting: Executable = {
      ...real,
      run: async (inputs, options) => {
        const outputs = await real.run(inputs, options);
        runs++;
        controller.abort(new Error("enough"));
        return outputs;
      },
    };
    const segments = segmentPixels(encoder, [1, 2, 3, 4, 5].map(grey), [1, 2]);
    await expect(encodeSegments(counting, encoder, segments, { signal: controller.signal })).rejects.toThrow("enough");
    expect(runs).toBe(1);
  });
});
