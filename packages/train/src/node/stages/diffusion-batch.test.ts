import { expect, test } from "vitest";
import { type DiffusionData, type DiffusionDraws, diffusionBatch } from "./diffusion-batch.js";
import { sceneBackboneConfig } from "./stage.js";

const config = sceneBackboneConfig();
const FRAMES = 2;
const data: DiffusionData = {
  config,
  frames: FRAMES,
  seconds: 1,
  clips: {
    count: 1000,
    videoTokens: 0,
    rows: (rows) => ({
      latents: new Float32Array(rows.length * config.denoiser.ioChannels * FRAMES),
      ids: new BigInt64Array(rows.length * config.text.length),
      mask: new Float32Array(rows.length * config.text.length),
    }),
    video: () => new Float32Array(0),
  },
};

// One clip in ten ticks.
const emphasis: DiffusionDraws["emphasis"] = {
  classes: ["tick"],
  share: 0.5,
  from: 10,
  classOf: (row) => (row % 10 === 0 ? "tick" : "rain"),
};
const draws = { seed: 3, batch: 64, stage: "denoiser" } as const;

async function ticks(from: number, to: number, more: Partial<DiffusionDraws>): Promise<number> {
  let found = 0;
  for (let step = from; step < to; step++) {
    const { rows } = await diffusionBatch(data, step, { ...draws, ...more });
    found += rows.filter((row) => row % 10 === 0).length;
  }
  return found / ((to - from) * draws.batch);
}

test("emphasised classes are drawn as often as asked, on top of their own share", async () => {
  expect(await ticks(10, 40, {})).toBeCloseTo(0.1, 1);
  // 0.5 of their own, and a tenth of the other half; 1920 draws scatter by 0.011.
  expect(Math.abs((await ticks(10, 40, { emphasis })) - 0.55)).toBeLessThan(0.05);
});

test("before its first step an emphasis changes nothing", async () => {
  const plain = await diffusionBatch(data, 9, draws);
  expect((await diffusionBatch(data, 9, { ...draws, emphasis })).rows).toEqual(plain.rows);
  expect((await diffusionBatch(data, 10, { ...draws, emphasis })).rows).not.toEqual((await diffusionBatch(data, 10, draws)).rows);
});

test("classes that are nowhere in the dataset do not hang it", async () => {
  const none = { ...emphasis, classes: ["bounce"] } as const;
  expect((await diffusionBatch(data, 20, { ...draws, emphasis: none })).rows).toHaveLength(draws.batch);
});
