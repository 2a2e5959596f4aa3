/** 527 clips, as many as Movie Gen Audio Bench has: killed in between and begun again, and with memory that does not grow. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { encodeWav } from "@foley-control/media";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EvaluationReport } from "../evaluate/report.js";
import { type Said, WATCHED } from "./evaluating.test-support.js";

const CLIPS = 527;
const RATE = 16000;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-long-"));
  for (const [side, from] of [
    ["true", 0],
    ["made", CLIPS],
  ] as const) {
    await mkdir(join(folder, side));
    for (let clip = 0; clip < CLIPS; clip++) {
      const hertz = 100 + 3 * (clip + from);
      const samples = new Float32Array(RATE);
      for (let i = 0; i < RATE; i++) samples[i] = 0.4 * Math.sin((2 * Math.PI * hertz * i) / RATE) * (1 - i / RATE);
      await writeFile(join(folder, side, `${clip}.wav`), encodeWav({ sampleRate: RATE, channels: [samples] }));
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Runs the process, to the end or until so many clips are done; then it is killed without a chance to tidy up. */
async function evaluate(
  until = Number.POSITIVE_INFINITY,
): Promise<{ readonly said: Said[]; readonly report?: EvaluationReport }> {
  const script = fileURLToPath(new URL("./evaluating.test-support.ts", import.meta.url));
  const flags = ["--expose-gc", "--conditions=@foley-control/source", "--import", "tsx"];
  const child = spawn(process.execPath, [...flags, script, folder], { stdio: ["ignore", "pipe", "pipe"] });
  const problems: Buffer[] = [];
  child.stderr.on("data", (piece: Buffer) => problems.push(piece));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  const said: Said[] = [];
  let report: EvaluationReport | undefined;
  for await (const line of createInterface(child.stdout)) {
    const spoken = JSON.parse(line) as Said | [EvaluationReport];
    if (Array.isArray(spoken)) [report] = spoken;
    else said.push(spoken);
    if (said.length >= until) child.kill("SIGKILL");
  }
  expect(await ended, Buffer.concat(problems).toString()).toBe(Number.isFinite(until) ? "SIGKILL" : 0);
  return { said, ...(report && { report }) };
}

/** Files of features, and when each was written. */
async function kept(): Promise<ReadonlyMap<string, string>> {
  const cache = join(folder, "features");
  const files = (await readdir(cache)).filter((name) => name.endsWith(".safetensors"));
  const entries = files.map(async (name) => {
    const { ino, mtimeMs } = await stat(join(cache, name));
    return [name, `${ino} ${mtimeMs}`] as const;
  });
  return new Map(await Promise.all(entries));
}

test("killed and begun again, no finished clip is repeated, and memory stays as it is", { timeout: 300_000 }, async () => {
  const stopped = await evaluate(60);
  const before = await kept();
  const finished = stopped.said.at(-1)?.done ?? 0;
  expect(finished).toBeGreaterThanOrEqual(60);
  expect(finished).toBeLessThan(CLIPS);
  // Facts and VGGish of both sides of every clip that is done.
  expect(before.size).toBeGreaterThanOrEqual(4 * finished);

  const { said, report } = await evaluate();
  const after = await kept();
  expect(after.size).toBe(4 * CLIPS);
  for (const [name, written] of before) expect(after.get(name)).toBe(written);
  const runs = said.at(-1)?.runs as number;
  expect(runs).toBeLessThanOrEqual(2 * (CLIPS - finished));
  expect(runs).toBeGreaterThanOrEqual(2 * (CLIPS - finished) - 4);
  expect(report).toMatchObject({ pairs: CLIPS, failures: [] });
  for (const { value } of report?.results ?? []) expect(Number.isFinite(value)).toBe(true);

  const [first, , last] = WATCHED.map((clip) => said.find(({ done }) => done === clip)?.memory as NonNullable<Said["memory"]>);
  const grown = (what: "rss" | "arrayBuffers") => ((last?.[what] as number) - (first?.[what] as number)) / 2 ** 20;
  // The sounds of the clips between are 55 MB; what stays of them are features, 0.5 MB.
  expect(grown("arrayBuffers")).toBeLessThan(2);
  expect(grown("rss")).toBeLessThan(64);

  // Everything is there: nothing is run, and the numbers are the same.
  const again = await evaluate();
  expect(again.said.at(-1)?.runs).toBe(0);
  expect(again.report).toEqual(report);
});
