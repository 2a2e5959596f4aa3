/** Frames one after the other give what all of them at once give; the networks themselves are checked by golden cases. */
import { createRandom, type Picture } from "@foley-control/core";
import { nodeRuntime } from "@foley-control/runtime/node";
import { synchformerPixels, synchformerSquare } from "@foley-control/video-encoder";
import { afterAll, describe, expect, test } from "vitest";
import { networkFeatures } from "../evaluate/network-features.js";
import type { OpenedNetwork } from "./descriptor.js";
import { imagebind } from "./imagebind/imagebind.js";
import { imagebindPixels, imagebindSquares } from "./imagebind/pictures.js";
import type { MetricNetwork } from "./network.js";
import { imagebindWeights, smallImagebind, smallSynchformer, synchformerWeights } from "./small-networks.test-support.js";
import { synchformer } from "./synchformer/synchformer.js";

const runtime = nodeRuntime({ device: "cpu", worker: false });
afterAll(() => runtime.dispose());

const see = imagebind(imagebindWeights(), { video: 2, sound: 2 }).vision;
const watch = synchformer(synchformerWeights(), { video: 2, sound: 2, pair: 2 }).video;
const [imagebinds, synchformers] = [smallImagebind(), smallSynchformer()];
const pictures = (seconds: number, ...networks: readonly OpenedNetwork[]) => networkFeatures(networks, { runtime, seconds }).see;

/** Noise, 16 by 12 pixels. */
const frames: readonly Picture[] = Array.from({ length: 130 }, (_, i) => {
  const random = createRandom(i, "frame");
  return { rgb: Uint8Array.from({ length: 16 * 12 * 3 }, () => random.integer(0, 256)), width: 16, height: 12 };
});

async function atOnce(
  network: MetricNetwork,
  batch: number,
  pixels: Float32Array<ArrayBuffer>,
  output: string,
): Promise<Float32Array> {
  const graph = network.graph({ batch });
  await using executable = await runtime.load(graph, network.weights);
  const found = await executable.run({ pixels: { dtype: "float32", shape: graph.inputs[0]?.shape ?? [], data: pixels } });
  return found[output]?.data as Float32Array;
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))),
    a.length === b.length ? 0 : Infinity,
  );

describe("features of pictures", () => {
  test("ImageBind: one row, the mean over pairs and places", async () => {
    const [features] = pictures(6.5, imagebinds);
    expect(features).toMatchObject({ id: `${see.id}/6.5s`, makes: ["imagebind"], looks: { rate: 0.5, seconds: 6.5 } });
    const found = (await features?.compute(frames))?.["imagebind"];
    expect(found).toMatchObject({ count: 1, width: 8 });
    const rows = await atOnce(see, 6, imagebindPixels(frames.slice(0, 3).map(imagebindSquares)), "embedding");
    const mean = Array.from({ length: 8 }, (_, i) =>
      [0, 1, 2, 3, 4, 5].reduce((sum, row) => sum + (rows[8 * row + i] as number) / 6, 0),
    );
    expect(largestDifference(found?.data ?? [], mean)).toBeLessThan(1e-6);
    await features?.dispose();
  });

  test("Synchformer: a row per segment, and nothing is asked for behind the last frame", async () => {
    const [features] = pictures(4.8, synchformers);
    let asked = 0;
    const stream = async function* () {
      for (const frame of frames) {
        asked++;
        yield frame;
      }
    };
    const found = (await features?.compute(stream()))?.["synchformer"];
    expect(asked).toBe(120);
    expect(found).toMatchObject({ count: 14, width: 8 * 16 });
    const squares = frames.slice(0, 24).map(synchformerSquare);
    const both = await atOnce(watch, 2, synchformerPixels(squares, 0, 2), "features");
    expect(largestDifference(found?.data.subarray(0, 2 * 8 * 16) ?? [], both)).toBeLessThan(1e-5);
    await features?.dispose();
  });

  test("too few frames, too short clips and an abort are errors", async () => {
    const [features] = pictures(8, imagebinds);
    await expect(features?.compute(frames.slice(0, 3))).rejects.toThrow(/has 3 frames at 0.5 per second; 4 are needed for 8 s/);
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(features?.compute(frames, { signal: aborted })).rejects.toThrow("enough");
    await features?.dispose();
    const tooShort = pictures(3.9, imagebinds, synchformers);
    await expect(tooShort[0]?.compute(frames)).rejects.toThrow(/3.9 s is too short for ImageBind/);
    await expect(tooShort[1]?.compute(frames)).rejects.toThrow(/too short for DeSync/);
    expect(pictures(8)).toEqual([]);
  });
});
