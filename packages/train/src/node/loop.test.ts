/** What a training survives: a kill, a second run on its folder, a bad batch, Ctrl-C, a disk that refuses a checkpoint; and what it writes down. */
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SamplesLine, StepLine, ValidationLine } from "../log/lines.js";
import { CHECKPOINT_FILE, readTensors, restoreCheckpoint, saveCheckpoint } from "./checkpoint.js";
import type { TrainingProgress } from "./loop.js";
import { type LineOptions, trainLine } from "./loop.test-support.js";

const time = 120_000;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-loop-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function lines<Line = StepLine>(directory: string, file = "log.jsonl"): Promise<Line[]> {
  const text = await readFile(join(directory, file), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}
const stepsOf = (list: readonly { readonly step: number }[]) => list.map(({ step }) => step);
const upTo = (steps: number) => Array.from({ length: steps }, (_, i) => i + 1);
const savedStep = async (directory: string) => Number((await readTensors(join(directory, CHECKPOINT_FILE))).metadata.step);

/** The same in a process of its own; `limit` is the largest file it may write, in blocks of 512 bytes or 1 KiB as the shell counts. */
function trainApart(directory: string, steps: number, options: LineOptions, limit?: number) {
  const node = [
    process.execPath,
    "--conditions=@foley-control/source",
    "--import",
    "tsx",
    fileURLToPath(new URL("loop.test-support.ts", import.meta.url)),
    directory,
    String(steps),
    JSON.stringify(options),
  ];
  const [program, ...argv] = limit === undefined ? node : ["sh", "-c", 'ulimit -f "$0"; exec "$@"', String(limit), ...node];
  const child = spawn(program as string, argv, { stdio: ["ignore", "inherit", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise<{ readonly signal: string | null; readonly code: number | null; readonly said: string }>((resolve) =>
    child.once("close", (code, signal) => resolve({ signal, code, said })),
  );
  return { child, ended };
}

test("kill -9: at most one checkpoint interval is lost, the end is bit-equal to a straight run, every line is there once", {
  timeout: time,
}, async () => {
  const directory = join(folder, "killed");
  const { child, ended } = trainApart(directory, 100_000, { slow: 30, watch: 5 });
  let reached = 0;
  while (reached < 17 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    reached = (await lines(directory)).length;
  }
  // While it runs, the folder is its own.
  await expect(trainLine(directory, 30)).rejects.toThrow(/is being written by another training/);
  reached = (await lines(directory)).length;
  child.kill("SIGKILL");
  expect((await ended).signal).toBe("SIGKILL");
  const saved = await savedStep(directory);
  expect(saved).toBeGreaterThan(reached - 8);
  // A line that was being written.
  await writeFile(join(directory, "log.jsonl"), '{"step":99,"lo', { flag: "a" });
  const steps = saved + 10;
  const resumed = await trainLine(directory, steps, { watch: 5 });
  // What is measured in between changes nothing, so neither run needs to have measured.
  const [watched, straight] = [
    await trainLine(join(folder, "watched"), steps, { watch: 5 }),
    await trainLine(join(folder, "straight"), steps),
  ];
  expect(resumed).toEqual(straight);
  expect(watched).toEqual(straight);
  const logs = await Promise.all([directory, join(folder, "watched")].map((each) => lines(each)));
  for (const log of logs) expect(stepsOf(log)).toEqual(upTo(steps));
  const compared = logs.map((log) => log.map(({ stepSeconds: _, waitSeconds: __, ...rest }) => rest));
  expect(compared[0]).toEqual(compared[1]);
  for (const file of ["validation.jsonl", "samples.jsonl"]) {
    const [one, other] = await Promise.all(
      [directory, join(folder, "watched")].map((each) => lines<ValidationLine | SamplesLine>(each, file)),
    );
    const without = (list: typeof one) => list?.filter(({ step }) => step < 100_000).map(({ seconds: _, ...rest }) => rest);
    expect(without(one)?.length).toBeGreaterThan(2);
    expect(without(one)).toEqual(without(other));
  }
});

test("20 straight steps = 10, kill -9, 10 more: bit-equal with validations and samples between", { timeout: time }, async () => {
  const directory = join(folder, "halves");
  const { child, ended } = trainApart(directory, 20, { hang: 12, watch: 10 });
  while ((await lines(directory)).length < 12 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGKILL");
  await ended;
  expect(await savedStep(directory)).toBe(10);
  const [resumed, straight] = [await trainLine(directory, 20, { watch: 10 }), await trainLine(join(folder, "whole"), 20)];
  expect(resumed).toEqual(straight);
  expect(stepsOf(await lines(directory))).toEqual(upTo(20));
  expect(stepsOf(await lines<ValidationLine>(directory, "validation.jsonl"))).toEqual([0, 10, 20]);
});

test("the logs say what they should, and samples are files", { timeout: time }, async () => {
  const directory = join(folder, "logs");
  const told: TrainingProgress[] = [];
  await trainLine(directory, 6, { watch: 2, onProgress: (progress) => void told.push(progress) });
  const log = await lines(directory);
  expect(stepsOf(log)).toEqual(upTo(6));
  for (const line of log) {
    expect(Object.keys(line)).toEqual(["step", "loss", "gradientNorm", "learningRate", "stepSeconds", "waitSeconds", "scalars"]);
    expect(line.stepSeconds).toBeGreaterThan(0);
    expect(line.stepSeconds).toBeGreaterThanOrEqual(line.waitSeconds);
    expect(line.learningRate).toBe(0.01);
  }
  const validations = await lines<ValidationLine>(directory, "validation.jsonl");
  expect(stepsOf(validations)).toEqual([0, 2, 4, 6]);
  for (const line of validations) {
    expect(line.times).toEqual([0.1, 0.3, 0.5, 0.7, 0.9]);
    expect(line.clips).toBe(6);
    expect(new Set(line.average).size).toBe(5);
  }
  // At the start the average is the weights; then it follows them, behind.
  expect(validations[0]?.average).toEqual(validations[0]?.raw);
  expect(validations[3]?.average).not.toEqual(validations[3]?.raw);
  const samples = await lines<SamplesLine>(directory, "samples.jsonl");
  expect(stepsOf(samples)).toEqual([0, 4, 6]);
  expect(samples[0]).toMatchObject({ f1At50: 1, f1At100: 1, f1At100Shuffled: expect.any(Number) });
  expect(await readdir(join(directory, "samples"))).toEqual(["step-0000000", "step-0000004", "step-0000006"]);
  expect(samples[1]?.clips.map(({ file }) => file)).toEqual([
    "samples/step-0000004/00-a-door.wav",
    "samples/step-0000004/01-a-b.wav",
  ]);
  const wav = await readFile(join(directory, samples[1]?.clips[0]?.file as string));
  expect(wav.toString("latin1", 0, 4)).toBe("RIFF");
  expect(wav.length).toBe(44 + 2 * 12_000);
  const report = await readFile(join(directory, "report.html"), "utf8");
  const played = [...report.matchAll(/<audio [^>]*src="([^"]+)"/g)].map(([, source]) => decodeURIComponent(source as string));
  expect(played).toEqual(samples[0]?.clips.flatMap((_, clip) => samples.map(({ clips }) => clips[clip]?.file)));
  for (const file of played) expect((await readFile(join(directory, file))).length).toBe(wav.length);
  const last = told.at(-1) as TrainingProgress;
  expect(last).toMatchObject({ step: 6, steps: 6, secondsLeft: 0, loss: log[5]?.loss });
  expect(last.clipsPerSecond).toBeCloseTo(3 * last.stepsPerSecond);
  expect(told[4]?.samples?.step).toBe(4);
  expect(JSON.parse(await readFile(join(directory, "run.json"), "utf8"))).toMatchObject({
    steps: 6,
    clipsPerStep: 3,
    configuration: { stage: "line", batch: 3 },
    environment: { node: process.version },
  });
});

test("an interruption saves, wherever it comes, and what it cut short is made up for", { timeout: time }, async () => {
  const directory = join(folder, "interrupted");
  const controller = new AbortController();
  const { ended } = await trainLine(directory, 9, {
    watch: 3,
    signal: controller.signal,
    // The validation of step 3 comes after this and is stopped before it starts.
    onProgress: ({ step }) => step === 3 && controller.abort(new Error("interrupted")),
  });
  expect(ended).toBe(false);
  expect(await savedStep(directory)).toBe(3);
  expect(stepsOf(await lines<ValidationLine>(directory, "validation.jsonl"))).toEqual([0]);
  const resumed = await trainLine(directory, 9, { watch: 3 });
  expect(resumed).toEqual(await trainLine(join(folder, "uninterrupted"), 9));
  expect(stepsOf(await lines<ValidationLine>(directory, "validation.jsonl"))).toEqual([0, 3, 6, 9]);
});

test("a loss that is not finite names its step and batch and leaves the last checkpoint", { timeout: time }, async () => {
  const directory = join(folder, "poisoned");
  await expect(trainLine(directory, 20, { poison: 9 })).rejects.toThrow(/loss of step 9 is NaN.* Its batch: clips 27 to 29\./);
  expect(await savedStep(directory)).toBe(7);
  // The steps that led there are in the log.
  expect(stepsOf(await lines(directory))).toEqual(upTo(9));
  const [mended, straight] = [await trainLine(directory, 20), await trainLine(join(folder, "healthy"), 20)];
  expect(mended).toEqual(straight);
  expect(stepsOf(await lines(directory))).toEqual(upTo(20));
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

test.skipIf(process.platform === "win32")(
  "no room for a checkpoint: the last one stays, and the training goes on from it",
  {
    timeout: time,
  },
  async () => {
    const directory = join(folder, "no-room");
    const ballast = 4000; // a checkpoint of 0.5 MB
    await trainLine(directory, 7, { ballast });
    const before = await readFile(join(directory, CHECKPOINT_FILE));
    const { code, said } = await trainApart(directory, 21, { ballast }, 400).ended;
    expect(code).toBe(1);
    expect(said).toMatch(
      /The checkpoint of step 14 cannot be written to .*: the file would be larger.* The one of step 7 stays\./,
    );
    expect(said).toMatch(/that 0\.5 MB are free; then the same command goes on from there/);
    expect((await readFile(join(directory, CHECKPOINT_FILE))).equals(before)).toBe(true);
    expect((await readdir(directory)).filter((name) => name.endsWith(".partial"))).toEqual([]);
    await trainLine(directory, 21, { ballast });
    await trainLine(join(folder, "room"), 21, { ballast });
    const [resumed, straight] = await Promise.all(
      [directory, join(folder, "room")].map((each) => readFile(join(each, CHECKPOINT_FILE))),
    );
    expect(resumed?.equals(straight as Buffer)).toBe(true);
    expect(stepsOf(await lines(directory))).toEqual(upTo(21));
  },
);

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
