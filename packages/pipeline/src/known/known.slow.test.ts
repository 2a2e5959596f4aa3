/** A stretch of a sound made anew, and a sound that is gone on with, by each kind of backbone: in one window and over several. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AudioBackbone } from "@foley-control/core";
import { untrainedMini } from "@foley-control/mini";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFoley, type NodeTake } from "../node.js";
import { smallMmaudio, stableAudio, thirdStableAudio } from "../other-backbones.test-support.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-known-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([
  ["the embedded model", async () => untrainedMini().backbone],
  ["Stable Audio Open", () => stableAudio(join(folder, "large"), "sao-tiny")],
  ["Stable Audio 3", () => thirdStableAudio(join(folder, "third"), 3)],
  ["MMAudio", () => smallMmaudio(join(folder, "mmaudio"))],
] as const)("%s", (_name, open) => {
  let foley: Awaited<ReturnType<typeof createFoley>>;
  let rate: number;
  let told: number;
  const asked = { prompt: "a metal ball", steps: 2, seed: 5 } as const;
  beforeAll(async () => {
    const opened = await open();
    rate = opened.codec.sampleRate;
    const backbone: AudioBackbone = {
      ...opened,
      // What it samples at once is as much as a test has time for.
      seconds: { ...opened.seconds, maximum: 3 },
      knownInputs:
        opened.knownInputs &&
        ((known) => {
          told = Array.from(known.known).filter((share) => share === 1).length;
          return opened.knownInputs?.(known) ?? {};
        }),
    };
    foley = await createFoley({ backbone, runtime: { device: "cpu", worker: false, threads: 1 } });
  }, 120_000);
  afterAll(() => foley.dispose());

  const channel = ({ audio }: NodeTake, from: number, to: number): Float32Array =>
    audio.data.subarray(Math.round(from * rate), Math.round(to * rate));

  it("leaves what stays as it was, sample by sample, and makes the rest", async () => {
    const first = await foley.generate({ ...asked, duration: 2 });
    const known = { sound: first.pcm({ sampleRate: "native" }), anew: [{ start: 0.5, end: 1.2 }] };
    const made = await foley.generate({ ...asked, seed: 6, duration: 2, known });
    expect(made.audio.shape).toEqual(first.audio.shape);
    expect(channel(made, 0, 0.5)).toEqual(channel(first, 0, 0.5));
    expect(channel(made, 1.2, 2)).toEqual(channel(first, 1.2, 2));
    const [one, other] = [channel(made, 0.55, 1.15), channel(first, 0.55, 1.15)];
    expect(one.every(Number.isFinite)).toBe(true);
    expect(one.filter((value, i) => value !== other[i]).length).toBeGreaterThan(0.9 * one.length);
    const again = await foley.generate({ ...asked, seed: 7, duration: 2, known });
    expect(channel(again, 0.55, 1.15)).not.toEqual(one);
    if (told !== undefined) expect(told).toBeGreaterThan(0);
  });

  it("goes on with a sound, window by window; windows in which nothing is made are not sampled", async () => {
    const first = await foley.generate({ ...asked, duration: 3 });
    const sound = first.pcm({ sampleRate: "native" });
    const longer = await foley.generate({ ...asked, seed: 6, duration: 5, known: { sound } });
    expect(longer.duration).toBe(5);
    expect(channel(longer, 0, 2.97)).toEqual(channel(first, 0, 2.97));
    expect(channel(longer, 3.1, 4.9).some((value) => value !== 0)).toBe(true);
    const whole = longer.pcm({ sampleRate: "native" });
    const end = { sound: whole, anew: [{ start: 3.2, end: 3.6 }] };
    const mended = await foley.generate({ ...asked, seed: 8, duration: 5, known: end });
    expect(channel(mended, 0, 3.2)).toEqual(channel(longer, 0, 3.2));
    expect(channel(mended, 3.6, 5)).toEqual(channel(longer, 3.6, 5));
    expect(channel(mended, 3.3, 3.5)).not.toEqual(channel(longer, 3.3, 3.5));
    expect(mended.diagnostics.latentFrames).toBeLessThan(longer.diagnostics.latentFrames);
  });
});
