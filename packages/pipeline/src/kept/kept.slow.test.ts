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

/** How often a run is killed; FOLEY_KILLS says otherwise, at other moments each time. */
const KILLS = Number(process.env["FOLEY_KILLS"] ?? 2);

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
    {
      code: "not-kept",
      message: "Finished parts are not kept, so that a stopped run begins anew: no space left on the disk",
      values: { reason: "no space left on the disk" },
    },
  ]);
});

it("a run that is killed goes on: nothing half-written, one window made twice at most, the same bytes", {
  timeout: 180_000 + KILLS * 60_000,
}, async () => {
  const [store, out] = [join(base, "killed"), join(base, "out.wav")];
  const duration = Math.max(asked.duration, 2 * KILLS);
  const wanted = duration === asked.duration ? whole : await foley.generate({ ...asked, duration });
  const program = fileURLToPath(new URL("./long-sound.test-support.ts", import.meta.url));
  const random = createRandom(KILLS === 2 ? 16 : process.pid, "kills");
  let [begun, killed] = [0, 0];
  /** Runs it, and kills it some time after it has begun to sample so many windows, or some time after its start. */
  const run = async (kill?: { readonly windows: number; readonly wait: number }): Promise<void> => {
    const argv = ["--conditions=@foley-control/source", "--import", "tsx", program, store, out, String(duration)];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    let own = 0;
    const soon = () => kill && own >= kill.windows && setTimeout(() => child.kill("SIGKILL"), kill.wait);
    child.stdout.on("data", (text: Buffer) => {
      own += text.toString().split("\n").length - 1;
      soon();
    });
    soon();
    const code = await new Promise((resolve) => child.once("close", resolve));
    begun += own;
    if (code === null) killed++;
    else expect(code).toBe(0);
    // Whatever the moment: what bears the name of the sound is the sound.
    if ((await readdir(base)).includes("out.wav")) expect(Buffer.compare(await readFile(out), wanted.toWav())).toBe(0);
  };
  for (let kill = 0; kill < KILLS; kill++)
    await run(
      kill % 4 === 3
        ? { windows: 0, wait: random.integer(0, 3000) }
        : { windows: random.integer(1, 2), wait: random.integer(0, 150) },
    );
  expect(killed).toBeGreaterThan(0.7 * KILLS);
  await run();
  expect(begun).toBeLessThanOrEqual(wanted.diagnostics.joints.length + 1 + killed);
  expect(Buffer.compare(await readFile(out), wanted.toWav())).toBe(0);
  expect((await readdir(store)).filter((name) => !name.endsWith(".window"))).toEqual([]);
});
