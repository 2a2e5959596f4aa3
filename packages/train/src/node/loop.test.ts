/** What a training survives: a kill, a second run on its folder, a bad batch, a disk that refuses a checkpoint. */
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHECKPOINT_FILE, readTensors, restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { trainLine } from "./loop.test-support.js";

const time = 120_000;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-loop-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const lines = async (directory: string) =>
  (await readFile(join(directory, "log.jsonl"), "utf8").catch(() => ""))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, number>);

test("kill -9: at most one checkpoint interval is lost, and the end is bit-equal to a straight run", {
  timeout: time,
}, async () => {
  const directory = join(folder, "killed");
  const child = spawn(
    process.execPath,
    [
      "--conditions=@foley-control/source",
      "--import",
      "tsx",
      fileURLToPath(new URL("loop.test-support.ts", import.meta.url)),
      directory,
      "100000",
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const ended = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  let reached = 0;
  while (reached < 17 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    reached = (await lines(directory)).length;
  }
  // While it runs, the folder is its own.
  await expect(trainLine(directory, 30)).rejects.toThrow(/is being written by another training/);
  reached = (await lines(directory)).length;
  child.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
  const { metadata } = await readTensors(join(directory, CHECKPOINT_FILE));
  const saved = Number(metadata.step);
  expect(saved).toBeGreaterThan(reached - 8);
  const steps = saved + 10;
  const [resumed, straight] = [await trainLine(directory, steps), await trainLine(join(folder, "straight"), steps)];
  expect(resumed).toEqual(straight);
  const log = await lines(join(folder, "straight"));
  expect(log.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
  expect(Object.keys(log[0] ?? {})).toEqual([
    "step",
    "loss",
    "gradientNorm",
    "learningRate",
    "scalars",
    "seconds",
    "stepsPerSecond",
  ]);
});

test("a loss that is not finite names its step and batch and leaves the last checkpoint", { timeout: time }, async () => {
  const directory = join(folder, "poisoned");
  await expect(trainLine(directory, 20, { poison: 9 })).rejects.toThrow(/loss of step 9 is NaN.* Its batch: clips 27 to 29\./);
  expect((await readTensors(join(directory, CHECKPOINT_FILE))).metadata.step).toBe("7");
  const [mended, straight] = [await trainLine(directory, 20), await trainLine(join(folder, "healthy"), 20)];
  expect(mended).toEqual(straight);
});

test("a checkpoint of another configuration is refused with what differs", { timeout: time }, async () => {
  const directory = join(folder, "other");
  await trainLine(directory, 2);
  const none = { step: 0 } as Parameters<typeof restoreCheckpoint>[1];
  await expect(restoreCheckpoint(directory, none, JSON.stringify({ stage: "line", batch: 4 }))).rejects.toMatchObject({
    code: "bad-weights",
    hint: expect.stringContaining("It was made with batch 3, this run has 4."),
  });
});

test.skipIf(process.getuid?.() === 0)("a folder that refuses a checkpoint keeps the old one", { timeout: time }, async () => {
  const directory = join(folder, "full");
  const { state } = await trainLine(directory, 2);
  const before = await readFile(join(directory, CHECKPOINT_FILE));
  await chmod(directory, 0o500);
  const trainer = { step: 3, state: () => state } as unknown as Parameters<typeof saveCheckpoint>[1];
  await expect(saveCheckpoint(directory, trainer, "x")).rejects.toMatchObject({ code: "not-writable" });
  await chmod(directory, 0o700);
  expect(await readFile(join(directory, CHECKPOINT_FILE))).toEqual(before);
});
