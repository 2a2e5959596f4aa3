/** Sounds longer than the backbone samples at once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgressEvent } from "@foley-control/core";
import { contactsOf, renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { truePeak } from "@foley-control/signal";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFoley, type SoundPiece, type SoundSummary } from "./node.js";
import { quickMini } from "./quick-mini.test-support.js";

const mini = quickMini();
const quick = { steps: 2, prompt: "a metal ball", seed: 3 } as const;
/** Where the sound is not looked at. */
const rough = { ...quick, steps: 1 } as const;
const RATE = 24_000;

let folder: string;
let foley: Awaited<ReturnType<typeof createFoley>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-length-"));
  foley = await createFoley({ ...mini, runtime: { device: "cpu", worker: false } });
});
afterAll(async () => {
  await foley.dispose();
  await rm(folder, { recursive: true, force: true });
});

it("is made window by window; what was made first does not depend on how long the whole is", async () => {
  const parts: number[] = [];
  const long = await foley.generate({
    ...quick,
    duration: 24.5,
    onProgress: (event) => event.type === "window-start" && parts.push(event.index),
  });
  expect(long.audio.shape).toEqual([1, 1, 24.5 * RATE]);
  expect(parts).toEqual([0, 1, 2]);
  // Each window goes over into the next within the three quarters of a second before what it adds: 11.2, then 21.7 s.
  const [first, second] = long.diagnostics.joints as [number, number];
  expect(long.diagnostics.joints).toHaveLength(2);
  expect(first).toBeGreaterThan(10.4);
  expect(first).toBeLessThan(11.6);
  expect(second).toBeGreaterThan(20.9);
  expect(second).toBeLessThan(22.1);
  const shorter = await foley.generate({ ...quick, duration: 14 });
  expect(long.audio.data.subarray(0, 10 * RATE)).toEqual(shorter.audio.data.subarray(0, 10 * RATE));
  const again = await foley.generate({ ...quick, duration: 14 });
  expect(Buffer.compare(shorter.toWav(), again.toWav())).toBe(0);
});

it("comes piece by piece, with the samples that it has as a whole, no peak above the ceiling", async () => {
  const asked = { ...quick, duration: 13.5, guidanceScale: 20 };
  const whole = await foley.generate(asked);
  const pieces: SoundPiece[] = [];
  const stream = foley.stream(asked);
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) pieces.push(next.value);
  expect(pieces.map(({ totalSeconds }) => totalSeconds)).toEqual([13.5, 13.5]);
  let at = 0;
  for (const { channels, sampleRate, startSeconds } of pieces) {
    expect(startSeconds).toBe(at / sampleRate);
    const [channel] = channels as [Float32Array];
    expect(channel).toEqual(whole.audio.data.subarray(at, at + channel.length));
    at += channel.length;
  }
  expect(at).toBe(13.5 * RATE);
  const { diagnostics } = next.value as SoundSummary;
  expect({ ...diagnostics, milliseconds: 0 }).toEqual({ ...whole.diagnostics, milliseconds: 0 });
  expect(diagnostics.gainDb).toBeLessThan(-0.1);
  expect(truePeak([whole.audio.data], RATE)).toBeLessThanOrEqual(-1);
});

it("stops when the loop is left", async () => {
  const begun: number[] = [];
  const onProgress = (event: ProgressEvent) => void (event.type === "window-start" && begun.push(event.seconds));
  for await (const piece of foley.stream({ ...rough, duration: 100, onProgress })) {
    expect(piece.startSeconds).toBe(0);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(begun).toHaveLength(2);
  expect(begun[1]).toBeCloseTo(11.25, 1);
});

it("sees the picture of all of it, and names each event once, where it is", async () => {
  const scene = renderScene(11, { classes: ["strike"], seconds: 20, imageSize: 64, frameRate: 16, audio: false });
  const path = join(folder, "long.mp4");
  await writeScene(scene, path, { mute: true });
  const take = await foley.generate({ ...rough, video: path });
  const { events } = await foley.findEvents({ video: path });
  expect(take.diagnostics).toMatchObject({ joints: [expect.any(Number)], branches: ["none", "full"] });
  expect(take.duration).toBeCloseTo(20, 1);
  // The encoder that is not trained finds what it finds: as much in windows as in one go, but for what a window begins or ends with.
  const apart = Math.abs(take.events.length - events.length);
  expect(apart).toBeLessThanOrEqual(Math.max(2, 0.1 * events.length));
  for (const [i, event] of take.events.entries()) expect(event.time).toBeGreaterThan(take.events[i - 1]?.time ?? -1);
  expect(contactsOf(scene).length).toBeGreaterThan(3);
});

it("obeys events in every window", async () => {
  const events = Array.from({ length: 17 }, (_, i) => ({ time: 0.5 + i, strength: 0.8, source: "person" as const }));
  const take = await foley.generate({ ...rough, duration: 18, events });
  expect(take.events.map(({ time }) => time)).toEqual(events.map(({ time }) => time));
});
