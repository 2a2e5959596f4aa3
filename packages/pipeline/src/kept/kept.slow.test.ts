/** Finished windows: what was made is not made again, what was changed is, and a run that is killed goes on. */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom } from "@foley-control/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFoley, folderStore, type NodeTake, type WindowStore } from "../node.js";
import { asked, shortWindows } from "./long-sound.test-support.js";

let base: string;
let foley: Awaited<ReturnType<typeof createFoley>>;
let whole: NodeTake;
let folder: string;
let windows: number;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-kept-"));
  folder = join(base, "store");
  foley = await createFoley(shortWindows);
  whole = await foley.generate({ ...asked, keep: folderStore({ folder }) });
  windows = whole.diagnostics.joints.length + 1;
}, 180_000);
afterAll(async () => {
  await foley.dispose();
  await rm(base, { recursive: true, force: true });
});

/** Makes it with what is kept; says how many windows were sampled. */
async function make(
  more: Partial<Parameters<typeof foley.generate>[0]> = {},
  keep: WindowStore | undefined = folderStore({ folder }),
) {
  let sampled = 0;
  const take = await foley.generate({
    ...asked,
    keep,
    ...more,
    onProgress: (event) => void (event.type === "step-end" && event.index === 0 && sampled++),
  });
  return { take, sampled, same: take.audio.data.every((value, i) => value === whole.audio.data[i]) };
}

it("is made once; with the same bytes as without a store", async () => {
  expect(windows).toBeGreaterThan(4);
  expect(whole.diagnostics.keptWindows).toBe(0);
  const again = await make();
  expect(again).toMatchObject({ sampled: 0, same: true });
  expect(again.take.diagnostics).toMatchObject({ ...whole.diagnostics, keptWindows: windows, milliseconds: expect.anything() });
  expect(again.take.events).toEqual(whole.events);
  expect(await make({ keep: undefined })).toMatchObject({ sampled: windows, same: true });
});

it("what changes the end leaves the beginning; what changes all leaves nothing", async () => {
  // A shorter sound is cut from the windows that the longer one has.
  const shorter = await make({ duration: 5.3 });
  expect(shorter.sampled).toBe(0);
  const late = [{ time: 8, strength: 0.8, source: "person" as const }];
  const early = [{ time: 0.5, strength: 0.8, source: "person" as const }];
  const events = await make({ events: [...early, ...late] });
  expect(events.sampled).toBe(windows);
  const moved = await make({ events: [...early, { ...late[0], time: 8.4 } as (typeof late)[number]] });
  expect(moved.sampled).toBeLessThanOrEqual(3);
  const last = events.take.audio.data.length - 3 * 24_000;
  expect(moved.take.audio.data.subarray(0, last)).toEqual(events.take.audio.data.subarray(0, last));
  for (const other of [{ prompt: "rain" }, { seed: 4 }, { guidanceScale: 2 }])
    expect((await make({ ...other, duration: 2.5 })).sampled).toBe(2);
});

it("what is damaged is made again; a sound that is sampled at once costs no store anything", async () => {
  const [first = "", second = ""] = (await readdir(folder)).sort();
  await truncate(join(folder, first), 1000);
  await writeFile(join(folder, second), "nothing");
  const { take, sampled, same } = await make();
  expect(sampled).toBeLessThanOrEqual(2);
  expect(same).toBe(true);
  expect(take.diagnostics.warnings).toEqual([]);
  const store: WindowStore = { get: () => Promise.reject(new Error("asked")), put: () => Promise.reject(new Error("given")) };
  expect((await make({ duration: 2 }, store)).take.diagnostics.warnings).toEqual([]);
});

it("a store that fails costs time, not the sound, and says so once", async () => {
  const full: WindowStore = { get: async () => undefined, put: () => Promise.reject(new Error("no space left on the disk")) };
  const { take, same } = await make({}, full);
  expect(same).toBe(true);
  expect(take.diagnostics.warnings).toEqual([
    "Finished parts are not kept, so that a stopped run begins anew: no space left on the disk",
  ]);
});

it("a run that is killed goes on: nothing half-written, one window made twice at most, the same bytes", async () => {
  const [store, out] = [join(base, "killed"), join(base, "out.wav")];
  const program = fileURLToPath(new URL("./long-sound.test-support.ts", import.meta.url));
  const random = createRandom(16, "kills");
  const runs = async (until: number, wait: number): Promise<number> => {
    const argv = ["--conditions=@foley-control/source", "--import", "tsx", program, store, out];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    let begun = 0;
    child.stdout.on("data", (text: Buffer) => {
      begun += text.toString().split("\n").length - 1;
      if (begun >= until) setTimeout(() => child.kill("SIGKILL"), wait);
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(Number.isFinite(until) ? null : 0);
    return begun;
  };
  let begun = 0;
  const kills = 2;
  for (let kill = 0; kill < kills; kill++) {
    begun += await runs(random.integer(1, 3), random.integer(0, 150));
    expect((await readdir(base)).filter((name) => name.includes("out.wav"))).toEqual([]);
  }
  begun += await runs(Number.POSITIVE_INFINITY, 0);
  expect(begun).toBeLessThanOrEqual(windows + kills);
  expect(Buffer.compare(await readFile(out), whole.toWav())).toBe(0);
  expect((await readdir(store)).filter((name) => !name.endsWith(".window"))).toEqual([]);
}, 180_000);
