/**
 * Pictures that are no quiet film: what stands still, flickers, flashes, is cut, combed, slow, fast, tall, noisy or a screen. Sound or silence
 * that makes sense, and never a burst at a cut. All clips are drawn here and go the whole road, through a file.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, normalArray } from "@foley-control/core";
import { encodeVideo } from "@foley-control/media/node";
import { contactsOf, renderScene } from "@foley-control/scenes";
import { matchOnsets } from "@foley-control/signal";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createFoley } from "./node.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const SIZE = 128;
const FPS = 25;
const SECONDS = 4;
const PROMPT = "a wooden ball bounces on the floor";
let folder = "";
let foley: Awaited<ReturnType<typeof createFoley>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-odd-"));
  foley = await createFoley();
});
afterAll(async () => {
  await foley.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A picture that something is to be seen in: soft blotches of several sizes. */
function texture(seed: number, width = SIZE, height = SIZE): Uint8Array {
  const random = createRandom(seed, "texture");
  const waves = Array.from(
    { length: 24 },
    () => [random.range(0, 40), random.range(0, 40), random.range(0, 6.3), random.range(5, 14)] as const,
  );
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [((i / 3) | 0) % width, Math.floor(i / 3 / width)];
    return waves.reduce(
      (sum, [u, v, phase, gain]) => sum + gain * Math.sin((6.28 * (u * x)) / width + (v * y) / height + phase + (i % 3)),
      120,
    );
  });
}

async function make(
  name: string,
  frames: readonly Uint8Array[],
  { width = SIZE, height = SIZE, fps = FPS, steps }: { width?: number; height?: number; fps?: number; steps?: number } = {},
) {
  const path = join(folder, `${name}.mp4`);
  await encodeVideo({ frames, width, height, fps }, path);
  return foley.generate({ video: path, prompt: PROMPT, seed: 1, ...(steps !== undefined && { steps }) });
}
/** What is heard, made in as many steps as usual. */
async function listen(name: string, frames: readonly Uint8Array[]) {
  const take = await make(name, frames);
  const sound = take.pcm({ sampleRate: "native" }).channels[0] as Float32Array;
  return { events: take.events.map(({ time }) => time), onsets: (await take.onsets()).times, sound, rate: take.sampleRate };
}
/** When something happens. How good it sounds is not asked, so that one step does. */
async function eventsOf(name: string, frames: readonly Uint8Array[], shape: { height?: number; fps?: number } = {}) {
  const { events } = await make(name, frames, { ...shape, steps: 1 });
  return events.map(({ time }) => time);
}
/** Level of a stretch, dBFS. */
function level({ sound, rate }: { readonly sound: Float32Array; readonly rate: number }, from = 0, to = SECONDS): number {
  const part = sound.subarray(Math.round(from * rate), Math.round(to * rate));
  return 10 * Math.log10(part.reduce((sum, x) => sum + x * x, 0) / part.length + 1e-12);
}
const of = (count: number, picture: (index: number) => Uint8Array): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => picture(i));
const SILENT = -45;

describe("nothing happens", () => {
  const still = texture(1);
  test.each<readonly [string, (i: number) => Uint8Array]>([
    ["a still picture", () => still],
    ["black", () => new Uint8Array(SIZE * SIZE * 3)],
    ["lamps that flicker", (i) => still.map((value) => value * (0.85 + 0.15 * Math.sin(i * 2.4)))],
    ["light that fades", (i) => still.map((value) => value * (0.2 + (0.8 * i) / (FPS * SECONDS)))],
    [
      "a screen with a caret that blinks",
      (i) =>
        still.map((value, at) =>
          i % 25 < 12 && ((at / 3) | 0) % SIZE === 40 && Math.floor(at / 3 / SIZE) < 52 && Math.floor(at / 3 / SIZE) > 40
            ? 255
            : value,
        ),
    ],
    [
      "noise over a still picture",
      (i) => {
        const noise = normalArray(i, ["noise"], still.length);
        return still.map((value, at) => Math.max(0, Math.min(255, value + 18 * (noise[at] as number))));
      },
    ],
  ])("%s is silent", async (name, picture) => {
    const heard = await listen(name.replaceAll(" ", "-"), of(FPS * SECONDS, picture));
    expect(heard.events).toEqual([]);
    expect(level(heard)).toBeLessThan(SILENT);
  });
  test("cuts between pictures give no burst", async () => {
    const shots = [1, 2, 3, 4, 5].map((seed) => texture(seed));
    const heard = await listen(
      "cuts",
      of(FPS * SECONDS, (i) => shots[Math.floor(i / 20)] as Uint8Array),
    );
    for (const cut of [0.8, 1.6, 2.4, 3.2]) {
      expect(heard.onsets.filter((time) => Math.abs(time - cut) < 0.15)).toEqual([]);
      expect(level(heard, cut - 0.1, cut + 0.2)).toBeLessThan(SILENT + 10);
    }
  });
  test("a flash is at most one sound", async () => {
    const heard = await listen(
      "flash",
      of(FPS * SECONDS, (i) => (i === 50 ? still.map(() => 255) : still)),
    );
    expect(heard.events.length).toBeLessThanOrEqual(1);
  });
});

/** A scene with clear contacts, as pictures at a rate. */
function bounces(frameRate: number, seed = 1_000_700_003) {
  const scene = renderScene(seed, { classes: ["bounce"], frameRate, imageSize: SIZE, seconds: SECONDS, audio: false });
  const bytes = SIZE * SIZE * 3;
  return {
    frames: of(scene.frames.length / bytes, (i) => scene.frames.subarray(i * bytes, (i + 1) * bytes)),
    truth: contactsOf(scene)
      .filter(({ visible }) => visible)
      .map(({ time }) => time),
  };
}
const f1 = (events: readonly number[], truth: readonly number[], tolerance = 0.1) => matchOnsets(events, truth, tolerance).f1;

describe("something happens", () => {
  test.each([12, 15, 24, 50, 60, 120])("at %i pictures a second it is heard", async (fps) => {
    const { frames: drawn, truth } = bounces(Math.min(60, fps));
    const frames = fps > 60 ? drawn.flatMap((picture) => [picture, picture]) : drawn;
    const heard = await eventsOf(`fps-${fps}`, frames, { fps });
    expect(f1(heard, truth)).toBeGreaterThan(0.6);
  });
  test("at five pictures a second hardly more is heard than happens", async () => {
    const { frames, truth } = bounces(5);
    const heard = await eventsOf("fps-5", frames, { fps: 5 });
    expect(heard.length).toBeLessThanOrEqual(2 * truth.length + 1);
  });
  test("interlaced fields", async () => {
    const { frames, truth } = bounces(2 * FPS);
    const woven = of(frames.length / 2, (i) => {
      const [even, odd] = [frames[2 * i], frames[2 * i + 1]] as [Uint8Array, Uint8Array];
      return even.map((value, at) => (Math.floor(at / 3 / SIZE) % 2 === 0 ? value : (odd[at] as number)));
    });
    expect(f1(await eventsOf("interlaced", woven), truth)).toBeGreaterThan(0.6);
  });
  test("slow motion comes when it comes", async () => {
    const { frames, truth } = bounces(2 * FPS);
    const heard = await eventsOf("slow", frames.slice(0, FPS * SECONDS));
    const slow = truth.filter((time) => time < SECONDS / 2).map((time) => 2 * time);
    expect(heard.length).toBeLessThanOrEqual(2 * slow.length + 1);
  });
  test("a tall picture", async () => {
    const { frames, truth } = bounces(FPS);
    const height = 2 * SIZE;
    const wall = texture(7, SIZE, height);
    const tall = frames.map((picture) => {
      const whole = wall.slice();
      whole.set(picture, (SIZE / 2) * SIZE * 3);
      return whole;
    });
    expect(f1(await eventsOf("tall", tall, { height }), truth)).toBeGreaterThan(0.5);
  });
  test("heavy noise", async () => {
    const { frames, truth } = bounces(FPS);
    const noisy = frames.map((picture, i) => {
      const noise = normalArray(i, ["heavy"], picture.length);
      return picture.map((value, at) => Math.max(0, Math.min(255, value + 30 * (noise[at] as number))));
    });
    const heard = await eventsOf("noisy", noisy);
    expect(heard.length).toBeLessThanOrEqual(2 * truth.length + 1);
  });
});
