/** What a training says while it goes on, and the pages that are drawn from its logs. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainingProgress } from "@foley-control/train/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Io } from "../io.js";
import { createProgress } from "../terminal/progress.js";
import { ran } from "../testing.js";
import { trainingProgress } from "./progress.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-train-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const training: TrainingProgress = {
  step: 30,
  steps: 120,
  loss: 0.5,
  gradientNorm: 1,
  learningRate: 1e-3,
  scalars: {},
  stepsPerSecond: 0.5,
  clipsPerSecond: 16,
  secondsLeft: 200,
  validation: { step: 20, clips: 8, seconds: 3, times: [0.1, 0.9], average: [0.2, 0.4], raw: [0.3, 0.5] },
  samples: {
    step: 20,
    seconds: 9,
    f1At50: 0.5,
    f1At100: 0.75,
    clips: [{ name: "a", file: "a.wav", prompt: "", duration: 4, detected: [] }],
  },
};

/** What is written of reports. */
function said(reports: readonly Parameters<ReturnType<typeof trainingProgress>>[1][], flags: object, terminal: boolean) {
  const text = { out: "", err: "" };
  const io: Io = {
    out: (more) => {
      text.out += more;
    },
    err: (more) => {
      text.err += more;
    },
    outIsTerminal: terminal,
    errIsTerminal: terminal,
    columns: 160,
    env: {},
    signal: new AbortController().signal,
  };
  const tell = trainingProgress(io, createProgress(io, false), flags);
  for (const report of reports) tell("bridge", report);
  return text;
}

describe("progress", () => {
  it("is one line for people: step, loss, time left, rate, and what was measured last", () => {
    const { out, err } = said([training], {}, true);
    expect(out).toBe("");
    expect(err).toContain(" 25 %  bridge 30/120  loss 0.5000  3 min left  16.0 clips/s  held out 0.3000  sync 0.75");
  });
  it("is a plain line now and then where there is no terminal", () => {
    expect(said([training, training, training], {}, false).err).toBe(
      "bridge 30/120  loss 0.5000  3 min left  16.0 clips/s  held out 0.3000  sync 0.75 …\n",
    );
  });
  it("is JSON lines for programs, every report one", () => {
    const { out } = said([training, { done: 1, total: 4 }], { json: true, quiet: true }, false);
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      expect.objectContaining({ type: "progress", stage: "bridge", step: 30, clipsPerSecond: 16, secondsLeft: 200 }),
      { type: "progress", stage: "bridge", done: 1, total: 4 },
    ]);
    expect(lines[0]).toHaveProperty("samples.f1At100", 0.75);
    expect(lines[0]).not.toHaveProperty("samples.clips");
  });
});

describe("train report", () => {
  it("draws the page of a run, or of every stage of a training", async () => {
    const line = JSON.stringify({ step: 1, loss: 0.5, gradientNorm: 1, learningRate: 1e-3, stepSeconds: 1, waitSeconds: 0 });
    for (const stage of ["denoiser", "bridge"]) {
      await mkdir(join(folder, stage));
      await writeFile(join(folder, stage, "log.jsonl"), `${line}\n`);
    }
    await mkdir(join(folder, "dataset"));
    const one = join(folder, "bridge", "report.html");
    expect(await ran(["train", "report", join(folder, "bridge")])).toEqual({ code: 0, out: `${one}\n`, err: "" });
    expect(await readFile(one, "utf8")).toContain("<h2>Loss</h2>");
    const all = await ran(["train", "report", folder, "--json"]);
    expect(JSON.parse(all.out)).toEqual({ reports: [one, join(folder, "denoiser", "report.html")] });
    expect(existsSync(join(folder, "dataset", "report.html"))).toBe(false);
  });
  it("says where there is no training", async () => {
    const empty = await ran(["train", "report", join(folder, "dataset")]);
    expect(empty).toMatchObject({ code: 1, out: "" });
    expect(empty.err).toMatch(/no training in .*dataset.*log\.jsonl/);
    expect((await ran(["train", "report", join(folder, "nowhere")])).err).toMatch(/nowhere" does not exist/);
    expect((await ran(["train", "report"])).code).toBe(2);
  });
});
