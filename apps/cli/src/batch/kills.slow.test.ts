/**
 * A batch that is killed, again and again, at moments that nobody chose: what bears the name of a take is whole at every moment, a kill costs the takes that were
 * under way and no other, and in the end all is as if nothing had happened. FOLEY_KILLS says how often.
 */
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createRandom } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ran, writeQuickMini } from "../testing.js";
import { JOURNAL } from "./journal.js";

const KILLS = Number(process.env["FOLEY_KILLS"] ?? 3);
const CLIPS = Math.max(4, KILLS);
const JOBS = 2;

let folder: string;
let argv: (out: string) => readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-kills-"));
  await writeQuickMini(join(folder, "model"));
  await mkdir(join(folder, "shots"));
  for (let i = 0; i < CLIPS; i++) await copyFile(goldenPath("clips/one-frame-20ms.mp4"), join(folder, "shots", `${i}.mp4`));
  const flags = ["--prompt", "rain", "--steps", "1", "--device", "cpu", "--quiet", "--write", "both", "--jobs", String(JOBS)];
  argv = (out) => ["batch", join(folder, "shots"), "--output-dir", join(folder, out), "--model", join(folder, "model"), ...flags];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const journalOf = async (out: string): Promise<readonly string[]> =>
  (await readFile(join(folder, out, JOURNAL), "utf8").catch(() => "")).split("\n").slice(0, -1);
const takesOf = async (out: string): Promise<ReadonlyMap<string, Buffer>> => {
  const names = (await readdir(join(folder, out)).catch(() => [])).filter((name) => /^\d+\.foley\.(mp4|wav)$/.test(name));
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, out, name))] as const)));
};

it("is whole at every moment, and in the end as one that ran through", { timeout: 120_000 + KILLS * 90_000 }, async () => {
  expect((await ran(argv("whole"))).code).toBe(0);
  const whole = await takesOf("whole");
  expect(whole.size).toBe(2 * CLIPS);
  const random = createRandom(Date.now() % 2 ** 31, "kills");
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const main = fileURLToPath(new URL("../main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--conditions=@foley-control/source", "--import", tsx, main, ...argv("killed")], {
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
    const before = (await journalOf("killed")).length;
    // Most of the time goes by before the first take is written: moments are drawn from there on, and from before it now and then.
    const begun = performance.now();
    const early = kill % 4 === 3 ? random.integer(0, 5000) : Number.POSITIVE_INFINITY;
    while (child.exitCode === null && (await journalOf("killed")).length === before && performance.now() - begun < early)
      await wait(5);
    await wait(random.integer(0, 400));
    child.kill("SIGKILL");
    if ((await ended) === "SIGKILL") killed++;
    for (const [name, bytes] of await takesOf("killed"))
      expect([name, Buffer.compare(bytes, whole.get(name) as Buffer)]).toEqual([name, 0]);
  }
  expect(killed).toBeGreaterThan(0);
  const last = await ran(argv("killed"));
  expect([last.code, last.err]).toEqual([0, ""]);
  expect([...(await takesOf("killed")).keys()].sort()).toEqual([...whole.keys()].sort());
  for (const [name, bytes] of await takesOf("killed"))
    expect([name, Buffer.compare(bytes, whole.get(name) as Buffer)]).toEqual([name, 0]);
  expect((await readdir(join(folder, "killed"))).sort()).toEqual((await readdir(join(folder, "whole"))).sort());
  const lines = (await journalOf("killed")).map((line) => JSON.parse(line) as { readonly take?: unknown });
  expect(lines.filter(({ take }) => take).length).toBe(CLIPS);
  expect(lines.filter(({ take }) => !take).length).toBeLessThanOrEqual(CLIPS + JOBS * killed);
});
