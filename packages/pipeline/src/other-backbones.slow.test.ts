/**
 * Sounds longer than a window by backbones that others released: the same road as the embedded model's. They differ in what windows are counted by:
 * rates, hops that divide no second, stereo, codecs that find phases, streams of their own that see the picture.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bridgeConfig, freshBridge, loadBridge, saveBridge } from "@foley-control/bridge";
import type { AudioBackbone } from "@foley-control/core";
import { renderScene } from "@foley-control/scenes";
import { writeScene } from "@foley-control/scenes/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFoley, type NodeFoleyOptions, type NodeTake, type SoundPiece, type WindowStore } from "./node.js";
import { smallMmaudio, stableAudio, thirdStableAudio } from "./other-backbones.test-support.js";
import { quickMini } from "./quick-mini.test-support.js";

let folder: string;
let film: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-others-"));
  film = join(folder, "film.mp4");
  const scene = renderScene(4, { classes: ["strike"], seconds: 7, imageSize: 48, frameRate: 16, audio: false });
  await writeScene(scene, film, { mute: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { encoder } = quickMini();
/** With the embedded model's encoder and a bridge that has learned nothing. */
const bridged = (backbone: AudioBackbone): Partial<NodeFoleyOptions> => ({
  encoder,
  bridge: loadBridge(saveBridge(freshBridge(bridgeConfig(backbone, encoder), 1))),
});

describe.each([
  ["Stable Audio Open 1.0", () => stableAudio(join(folder, "large"), "sao-tiny"), bridged, 4],
  ["Stable Audio Open Small", () => stableAudio(join(folder, "small"), "sao-small-tiny"), bridged, 4],
  ["Stable Audio 3", () => thirdStableAudio(join(folder, "third"), 4), bridged, 4],
  ["MMAudio", () => smallMmaudio(join(folder, "mmaudio")), () => ({}), 4],
] as const)("%s", (_name, open, parts, seconds) => {
  let foley: Awaited<ReturnType<typeof createFoley>>;
  let backbone: AudioBackbone;
  let whole: NodeTake;
  const kept = new Map<string, Uint8Array>();
  const keep: WindowStore = { get: async (name) => kept.get(name), put: async (name, bytes) => void kept.set(name, bytes) };
  const asked = () => ({ video: film, prompt: "a metal ball", seed: 3, steps: 2, keep });

  beforeAll(async () => {
    const opened = await open();
    // What it samples at once is as much as a test has time for.
    backbone = { ...opened, seconds: { ...opened.seconds, maximum: seconds } };
    foley = await createFoley({ backbone, ...parts(backbone), runtime: { device: "cpu", worker: false, threads: 1 } });
    whole = await foley.generate(asked());
  }, 300_000);
  afterAll(() => foley.dispose());

  it("makes a film window by window, whole and at its rate", () => {
    const { sampleRate, channels } = backbone.codec;
    expect(whole.audio.shape).toEqual([1, channels, Math.round(whole.duration * sampleRate)]);
    expect(whole.duration).toBeCloseTo(7, 1);
    expect(whole.audio.data.every(Number.isFinite)).toBe(true);
    expect(whole.diagnostics).toMatchObject({ keptWindows: 0, branches: expect.arrayContaining(["full"]), warnings: [] });
    const { joints } = whole.diagnostics;
    expect(joints.length).toBe(2);
    // Each is in the three quarters of a second before what the next window adds: 3.5, then 6.3 s.
    for (const [i, joint] of joints.entries()) expect(Math.abs(joint - 3.2 - 2.8 * i)).toBeLessThan(0.4);
  });

  it("comes in pieces with the same samples", async () => {
    const pieces: SoundPiece[] = [];
    for await (const piece of foley.stream(asked())) pieces.push(piece);
    expect(pieces.length).toBe(3);
    let at = 0;
    const [, channels, samples] = whole.audio.shape;
    for (const piece of pieces) {
      expect(piece.startSeconds).toBe(at / piece.sampleRate);
      for (let channel = 0; channel < channels; channel++) {
        const own = piece.channels[channel] as Float32Array;
        expect(own).toEqual(whole.audio.data.subarray(channel * samples + at, channel * samples + at + own.length));
      }
      at += piece.channels[0]?.length ?? 0;
    }
    expect(at).toBe(samples);
  });

  it("finds finished windows, and a shorter sound is the beginning of a longer one", async () => {
    const again = await foley.generate(asked());
    expect(again.diagnostics.keptWindows).toBe(3);
    expect(Buffer.compare(again.toWav(), whole.toWav())).toBe(0);
    kept.clear();
    const shorter = await foley.generate({ ...asked(), duration: 5 });
    const same = Math.floor((whole.diagnostics.joints[0] as number) * backbone.codec.sampleRate) - 1000;
    expect(shorter.audio.data.subarray(0, same)).toEqual(whole.audio.data.subarray(0, same));
  });
});
