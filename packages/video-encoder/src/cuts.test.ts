/** Cuts of a film: what is one, and that nothing is known of one shot in the other. */
import { createRandom, memoryParameters, type VideoEncoder } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { cutFinder } from "./cuts.js";
import { encodeSegments, segmentPixels } from "./encode.js";
import { shifted } from "./neighbours.js";

const SIDE = 32;
/** A picture of a place, with a disc on it at `at` (0 to 1), brighter by a factor. */
const picture = (place: number, at: number, gain = 1): Uint8Array => {
  const random = createRandom(place, "place");
  const blocks = Array.from({ length: 16 }, () => random.range(20, 200));
  return Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
    const disc = (x - at * SIDE) ** 2 + (y - SIDE / 2) ** 2 < 25;
    return Math.min(255, gain * (disc ? 240 : (blocks[(y >> 3) * 4 + (x >> 3)] as number)));
  });
};
const shot = (place: number, length: number): Uint8Array[] => Array.from({ length }, (_, i) => picture(place, 0.2 + i / 40));
const cutsIn = (pictures: readonly Uint8Array[]): number[] => {
  const isCut = cutFinder();
  return pictures.flatMap((rgb, i) => (isCut(rgb, [SIDE, SIDE]) ? [i] : []));
};

describe("cuts", () => {
  test("are where the picture becomes another, however the two are lit", () => {
    expect(cutsIn([...shot(1, 20), ...shot(2, 17), ...shot(3, 20)])).toEqual([20, 37]);
  });
  test("are not what moves, fades, or goes on and off", () => {
    expect(cutsIn(shot(1, 30))).toEqual([]);
    expect(cutsIn(Array.from({ length: 30 }, (_, i) => picture(1, 0.4, 1 - i / 30)))).toEqual([]);
    expect(cutsIn(Array.from({ length: 30 }, (_, i) => picture(1, 0.4, i > 10 && i < 20 ? 0.3 : 1)))).toEqual([]);
  });
  test("are not each picture of a storm", () => {
    const noise = Array.from({ length: 40 }, (_, k) => {
      const random = createRandom(k, "storm");
      return Uint8Array.from({ length: 3 * SIDE * SIDE }, () => 255 * random.uniform());
    });
    expect(cutsIn(noise).length).toBeLessThanOrEqual(1);
  });
});

describe("shots", () => {
  const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  afterAll(() => runtime.dispose());
  /** A token is the mean of two pictures and of those around them; a contact is a change of brightness. */
  const encoder: VideoEncoder = {
    specificationVersion: "v1",
    kind: "video-encoder",
    id: "means@1",
    frameRate: 8,
    window: 12,
    context: 2,
    imageSize: [SIDE, SIDE],
    normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
    tokenRate: 4,
    tokenWidth: 3,
    contacts: { cells: [1, 1], threshold: 0, spacing: 0.1, lag: 0, level: 0 },
    weights: memoryParameters({}),
    graph: ({ frames, batch = 1 }) => {
      const pixels = input("pixels", [batch, frames, 3, SIDE, SIDE]);
      const means = ops.mean(ops.reshape(pixels, [batch, frames, 3, SIDE * SIDE]), [3]);
      const around = [1, -1, 2, -2].reduce((sum, by) => ops.add(sum, shifted(means, 1, by)), means);
      return graph("means", [pixels], {
        tokens: ops.mean(ops.reshape(around, [batch, frames / 2, 2, 3]), [2]),
        contacts: ops.mean(around, [2]),
        strengths: ops.mean(means, [2]),
      });
    },
  };
  const encoded = async (pictures: readonly Uint8Array[], shots: boolean, of = encoder) => {
    const executable = await runtime.load(of.graph({ frames: of.window }), of.weights);
    const shown = pictures.map((rgb) => ({ rgb }));
    return encodeSegments(executable, of, segmentPixels(of, shown, [SIDE, SIDE], { shots })).finally(() => executable.dispose());
  };

  test("are encoded as if each were alone, in as many tokens as together", async () => {
    // One is longer than a window, one fills a window, and one is shorter.
    const [first, second, third] = [shot(1, 30), shot(2, 12), shot(3, 6)] as const;
    const film = await encoded([...first, ...second, ...third], true);
    const together = await encoded([...first, ...second, ...third], false);
    const alone = await Promise.all([first, second, third].map((pictures) => encoded(pictures, false)));
    expect(film.tokens.shape).toEqual(together.tokens.shape);
    expect(film.contacts?.strengths).toHaveLength(48);
    expect(film.tokens.data).toEqual(Float32Array.from(alone.flatMap(({ tokens }) => [...tokens.data])));
    expect(film.tokens.data).not.toEqual(together.tokens.data);
    // What comes behind a cut has no say in what is before it.
    const other = await encoded([...first, ...shot(7, 18)], true);
    expect(other.tokens.data.subarray(0, 45)).toEqual(film.tokens.data.subarray(0, 45));
  });

  test("begin with a token: one that begins in the middle of it waits", async () => {
    const film = await encoded([...shot(1, 15), ...shot(2, 15)], true);
    const [first] = shot(1, 15).slice(-1) as [Uint8Array];
    const [one, other] = [await encoded([...shot(1, 15), first], false), await encoded(shot(2, 15).slice(1), false)];
    expect(film.tokens.data).toEqual(Float32Array.from([...one.tokens.data, ...other.tokens.data]));
  });

  test("have no contact at their end that only a cut could be", async () => {
    const film = await encoded([...shot(1, 16), ...shot(2, 16)], true);
    const believed = [...(film.contacts?.cells ?? [])].map((logit) => logit > -30);
    expect(believed.flatMap((yes, frame) => (yes ? [] : [frame]))).toEqual([15]);
  });

  test("are taken together by an encoder that drops what fills no window", async () => {
    const drops: VideoEncoder = { ...encoder, end: "drop" };
    const film = [...shot(1, 14), ...shot(2, 14)];
    expect((await encoded(film, true, drops)).tokens).toEqual((await encoded(film, false, drops)).tokens);
  });
});
