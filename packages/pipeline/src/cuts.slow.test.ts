/** Films of several shots: what one shot shows says nothing of the next, and a cut is not heard, wherever windows meet. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeVideo } from "@foley-control/media/node";
import { loadMini } from "@foley-control/mini/node";
import { contactsOf, renderScene, type SceneClass } from "@foley-control/scenes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFoley } from "./node.js";

const [SIDE, FPS] = [64, 16];
const FRAME = 3 * SIDE * SIDE;

let folder: string;
let foley: Awaited<ReturnType<typeof createFoley>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-cuts-"));
  foley = await createFoley({ ...(await loadMini()), runtime: { device: "cpu", worker: false } });
});
afterAll(async () => {
  await foley.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Writes shots of drawn scenes, [seed, seconds, class], one after another. */
async function film(name: string, shots: readonly (readonly [number, number, SceneClass])[]) {
  const path = join(folder, `${name}.mp4`);
  const frames: Uint8Array[] = [];
  const [cuts, contacts]: [number[], number[]] = [[], []];
  for (const [seed, seconds, sceneClass] of shots) {
    const begun = frames.length / FPS;
    // From the middle of the scene, so that things move when it is cut to and from.
    const scene = renderScene(seed, {
      classes: [sceneClass],
      seconds: seconds + 1,
      imageSize: SIDE,
      frameRate: FPS,
      audio: false,
    });
    for (let k = FPS / 2; k < (seconds + 0.5) * FPS; k++) frames.push(scene.frames.subarray(k * FRAME, (k + 1) * FRAME));
    contacts.push(...contactsOf(scene).flatMap(({ time }) => (time > 0.5 && time < seconds + 0.5 ? [begun + time - 0.5] : [])));
    if (begun > 0) cuts.push(begun);
  }
  await encodeVideo({ frames, width: SIDE, height: SIDE, fps: FPS }, path);
  return { path, cuts, contacts };
}

it("what happens in a shot is the same whatever it is cut to", async () => {
  const before = [21, 11.25, "bounce"] as const;
  const films = await Promise.all([film("one", [before, [22, 3.5, "strike"]]), film("other", [before, [23, 3.5, "footsteps"]])]);
  const found = await Promise.all(films.map(({ path }) => foley.findEvents({ video: path })));
  const [one, other] = found.map(({ events }) => events.filter(({ time }) => time < 11.25)) as [unknown[], unknown[]];
  expect(one.length).toBeGreaterThan(3);
  expect(one).toEqual(other);
});

it("a cut is not heard: in the middle of a window, where two meet, or a little before or after", async () => {
  const lengths = [3, 2, 2.5, 1.5, 1.5, 0.5, 0.5, 0.5, 1, 2];
  const { path, cuts } = await film(
    "silent",
    lengths.map((seconds, i) => [40 + i, seconds, "silent-motion"]),
  );
  const take = await foley.generate({ video: path, prompt: "nothing makes a sound", seed: 5 });
  const { joints } = take.diagnostics;
  expect(joints.length).toBeGreaterThan(0);
  expect(cuts.some((cut) => joints.some((joint) => Math.abs(cut - joint) < 0.5))).toBe(true);
  const atCut = (time: number) => cuts.some((cut) => Math.abs(cut - time) < 0.13);
  expect(take.events.filter(({ time }) => atCut(time))).toEqual([]);
  // No burst: the loudest 20 ms near a cut are no louder than the loudest elsewhere, but for 3 dB.
  const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
  const step = Math.round(0.02 * sampleRate);
  let [near, elsewhere] = [0, 0];
  for (let from = 0; from + step <= (channels[0]?.length ?? 0); from += step) {
    const power = (channels[0] as Float32Array).subarray(from, from + step).reduce((sum, value) => sum + value * value, 0) / step;
    if (atCut(from / sampleRate)) near = Math.max(near, power);
    else elsewhere = Math.max(elsewhere, power);
  }
  expect(near).toBeLessThan(2 * elsewhere);
});
