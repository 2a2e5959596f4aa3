/** Batches from prepared shards: what is in them, what is dropped, what they depend on. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type PlainTensor } from "@foley-control/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeBridgePlan, defaultBridgePlan } from "../../bridge-plan.js";
import type { ClipRow } from "../../data/clip-row.js";
import { prepareTiny } from "../prepare/prepare.test-support.js";
import { openPreparedDataset, type PreparedDataset } from "../prepare/prepared-dataset.js";
import { bridgeBatches, drawLatents, heldOutBatches } from "./bridge-batches.js";
import { splitClips } from "./split-clips.js";
import { backbone, plan } from "./tiny-backbone.test-support.js";

let folder = "";
let dataset: PreparedDataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-batches-"));
  await prepareTiny({ scenes: 5, heldOut: 1 }, folder);
  dataset = await openPreparedDataset(folder);
});
afterAll(async () => {
  await dataset.close();
  await rm(folder, { recursive: true, force: true });
});

const planOf = (batch: number) => changeBridgePlan(defaultBridgePlan(backbone), { ...plan, batch });
const numbers = (tensor: PlainTensor | undefined) => [...(tensor as PlainTensor<"float32">).data];

test("every epoch holds each clip once, of those that are chosen", () => {
  const batches = bridgeBatches({ dataset, rows: [5, 0, 2, 3, 1] }, backbone, planOf(2));
  const named = [0, 1, 2, 3, 4].flatMap((step) => batches.name(step).split(", "));
  const chosen = [0, 1, 2, 3, 5].map((row) => dataset.clips[row]?.id);
  expect(new Set(named.slice(0, 5))).toEqual(new Set(chosen));
  expect(new Set(named.slice(5))).toEqual(new Set(chosen));
  expect(named.slice(5)).not.toEqual(named.slice(0, 5));
});

test("depend on plan and step alone; shares of captions, clips and tokens are dropped", async () => {
  const batches = bridgeBatches({ dataset }, backbone, planOf(64));
  const [one, again, next] = [
    await batches.batch(3),
    await bridgeBatches({ dataset }, backbone, planOf(64)).batch(3),
    await batches.batch(4),
  ];
  expect(again).toEqual(one);
  expect(next["noise"]?.data).not.toEqual(one["noise"]?.data);
  const kept = numbers(one["textKept"]);
  const dropped = kept.filter((value) => value === 0).length / kept.length;
  expect(dropped).toBeGreaterThan(0);
  expect(dropped).toBeLessThan(0.3);
  const { shape, data } = one["video"] as PlainTensor<"float32">;
  const [rows, tokens, width] = shape as readonly [number, number, number];
  const blank = Array.from({ length: rows * tokens }, (_, at) =>
    data.subarray(at * width, (at + 1) * width).every((value) => value === 0),
  );
  const share = blank.filter(Boolean).length / blank.length;
  // A tenth of the clips, and a tenth of the tokens of the others.
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.3);
});

test("latents are drawn from their distribution", async () => {
  const { mean, std } = await dataset.latents([2]);
  const deviation = std as Float32Array;
  const count = 400;
  const [sum, squares] = [new Float64Array(mean.length), new Float64Array(mean.length)];
  for (let step = 0; step < count; step++) {
    const latents = await drawLatents(dataset, [2], [createRandom(3, "draw", step)]);
    for (const [i, value] of latents.entries()) {
      const error = (value - (mean[i] as number)) / (deviation[i] as number);
      sum[i] = (sum[i] as number) + error;
      squares[i] = (squares[i] as number) + error * error;
    }
  }
  const total = count * mean.length;
  // Of 300,000 standard normal numbers.
  expect(Math.abs(sum.reduce((all, value) => all + value) / total)).toBeLessThan(0.01);
  expect(Math.abs(squares.reduce((all, value) => all + value) / total - 1)).toBeLessThan(0.02);
});

test("captions of a clip take turns; a clip without one is one without text", async () => {
  const asked = new Set<number>();
  const listening: PreparedDataset = {
    ...dataset,
    textTokens(rows, caption) {
      asked.add(caption(0));
      return dataset.textTokens(rows, caption);
    },
  };
  const batches = bridgeBatches({ dataset: listening, rows: [1] }, backbone, planOf(1));
  for (let step = 0; step < 40; step++) await batches.batch(step);
  expect(asked.size).toBe(dataset.clips[1]?.texts.length);
  expect(asked.size).toBeGreaterThan(2);

  const unsaid = { ...dataset, clips: dataset.clips.map((clip) => ({ ...clip, texts: [""] })) };
  const { textKept } = await bridgeBatches({ dataset: unsaid }, backbone, planOf(64)).batch(0);
  expect(numbers(textKept)).toEqual(new Array(64).fill(0));
});

test("those to judge by are whole and the same every time", async () => {
  const held = heldOutBatches({ dataset }, backbone, 2);
  expect(held.batches).toBe(3);
  const batch = await held.batch(1);
  expect(await held.batch(1)).toEqual(batch);
  expect(batch).not.toHaveProperty("time");
  expect(numbers(batch["textKept"])).toEqual([1, 1]);
  expect(batch["video"]?.data).toEqual(await dataset.video([2, 3]));
  const two = heldOutBatches({ dataset, rows: [3, 1] }, backbone, 2);
  expect([two.batches, (await two.batch(0))["video"]?.data]).toEqual([1, await dataset.video([3, 1])]);
});

test("clips are held out by number, whatever their order, or by the part of the data set that they are of", () => {
  const { clips } = dataset;
  const { training, heldOut } = splitClips(clips, 2);
  expect(new Set([...training, ...heldOut])).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  expect(heldOut).toHaveLength(2);
  const turned = splitClips([...clips].reverse(), 2);
  expect(new Set(turned.heldOut.map((row) => 5 - row))).toEqual(new Set(heldOut));
  expect(splitClips(clips, "held-out")).toEqual({ training: [0, 1, 2, 3, 4], heldOut: [5] });
  expect(splitClips(clips)).toEqual(splitClips(clips, "held-out"));
  expect(splitClips(clips.slice(0, 5))).toEqual({ training: [0, 1, 2, 3, 4], heldOut: [] });
  const many = Array.from({ length: 40 }, (_, i) => ({ ...clips[0], id: String(i), split: "train" }) as ClipRow);
  expect(splitClips(many).heldOut).toHaveLength(2);
  expect(() => splitClips(clips, "test")).toThrow(/No clip is of the part "test"/);
  expect(() => splitClips(clips, 6)).toThrow(/6 of 6 clips cannot be held out/);
  expect(() => splitClips(clips.slice(5), "held-out")).toThrow(/1 of 1 clips cannot be held out/);
});
