/** Which branches of guidance a request needs, and what a window makes of what it knows. */
import type { AudioBackbone } from "@foley-control/core";
import { untrainedMini } from "@foley-control/mini";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, it } from "vitest";
import { branchConditions } from "./conditions.js";
import { createExecutables } from "./executables.js";
import { placedNoise, planGuidance, sampleLatents } from "./latents.js";
import { checkSettings } from "./settings.js";

const mini = untrainedMini();

describe("guidance", () => {
  const plan = (more: Parameters<typeof checkSettings>[0], seen = true, sameText = false, projection = 0) =>
    planGuidance(checkSettings(more, mini.backbone, 1), { seen, sameText, projection }).branches;
  it("evaluates only what has a weight", () => {
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 3 })).toEqual(["none", "full"]);
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 2 })).toEqual(["none", "text", "full"]);
    expect(plan({ guidanceScale: 1, videoGuidanceScale: 1 })).toEqual(["full"]);
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 2 }, false)).toEqual(["none", "text"]);
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 2 }, true, true)).toEqual(["text", "full"]);
  });
  it("of 0 needs the prompt as well where what it adds is held against that, and gives numbers", async () => {
    expect(plan({ guidanceScale: 0 }, false)).toEqual(["none"]);
    expect(plan({ guidanceScale: 0 }, false, false, 1)).toEqual(["none", "text"]);
    const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
    const executables = createExecutables(runtime);
    const backbone: AudioBackbone = {
      ...mini.backbone,
      sampling: () => ({ solver: "v-ddim", steps: 1, guidanceScale: 1, projection: 1 }),
    };
    const settings = checkSettings({ guidanceScale: 0, steps: 1 }, backbone, backbone.frames(1));
    const asked = { prompt: "wood", negativePrompt: "", seconds: 1, video: undefined };
    const conditions = await branchConditions(executables, backbone, asked, undefined);
    const request = { backbone, bridge: undefined, settings, conditions, bridged: undefined, seen: false };
    const { latents, branches } = await sampleLatents(executables, request);
    expect(branches).toEqual(["none", "text"]);
    expect(latents.data.every(Number.isFinite)).toBe(true);
    await executables.dispose();
    await runtime.dispose();
  });
});

describe("the noise of a window", () => {
  const [channels, frames] = [3, 200];
  const [first, later] = [0, 170].map((from) => placedNoise(7, ["latents"], from, [channels, frames])) as [
    Float32Array,
    Float32Array,
  ];
  const row = (of: Float32Array, channel: number) => Array.from(of.subarray(channel * frames, (channel + 1) * frames));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  it("has the mean of the first window's, so that a lasting sound keeps its level", () => {
    for (let channel = 0; channel < channels; channel++)
      expect(mean(row(later, channel))).toBeCloseTo(mean(row(first, channel)), 6);
    expect(mean(row(first, 0))).not.toBeCloseTo(mean(row(first, 1)), 3);
  });
  it("belongs to the place of each latent but for that", () => {
    for (let channel = 0; channel < channels; channel++) {
      const apart = row(first, channel)
        .slice(170)
        .map((value, i) => (later[channel * frames + i] as number) - value);
      for (const value of apart) expect(value).toBeCloseTo(apart[0] as number, 5);
      expect(Math.abs(apart[0] as number)).toBeGreaterThan(1e-4);
    }
  });
});

describe("what a window knows", () => {
  const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  afterAll(() => runtime.dispose());
  it("stays as it is, and goes over into what the window makes: no step where it ends", async () => {
    const { backbone } = mini;
    const executables = createExecutables(runtime);
    const settings = checkSettings({ steps: 4, guidanceScale: 1, videoGuidanceScale: 1 }, backbone, backbone.frames(4));
    const asked = { prompt: "", negativePrompt: "", seconds: 4, video: undefined };
    const conditions = await branchConditions(executables, backbone, asked, undefined);
    const [channels, frames, held, fading, level] = [backbone.denoiser.latentChannels, 94, 18, 16, 12];
    const latents = {
      dtype: "float32",
      shape: [1, channels, frames],
      data: new Float32Array(channels * frames).fill(level),
    } as const;
    const make = async (known: { frames: number; fading: number } | undefined) => {
      const place = { from: 100, known: known && { latents, from: 50, ...known } };
      const request = { backbone, bridge: undefined, settings, conditions, bridged: undefined, seen: false, place };
      const { data } = (await sampleLatents(executables, request)).latents;
      // The mean over all channels: what was known is 12 everywhere, what the network says has no level of its own.
      return (frame: number) =>
        Array.from({ length: channels }, (_, c) => data[c * frames + frame] as number).reduce((a, b) => a + b) / channels;
    };
    const [free, gone] = [await make(undefined), await make({ frames: held, fading })];
    for (let frame = 0; frame < held; frame++) expect(gone(frame)).toBeCloseTo(level, 5);
    const share = (frame: number) => (gone(frame) - free(frame)) / (level - free(frame));
    const steps = Array.from({ length: fading + 1 }, (_, i) => Math.abs(share(held + i) - share(held + i - 1)));
    expect(Math.max(...steps)).toBeLessThan(0.3);
    expect(share(held)).toBeGreaterThan(0.8);
    expect(Math.abs(share(held + fading))).toBeLessThan(0.25);
    // Where nothing fades there is a step.
    const cut = await make({ frames: held, fading: 0 });
    expect(Math.abs((cut(held) - free(held)) / (level - free(held)))).toBeLessThan(0.3);
    await executables.dispose();
  });

  it("is told to a network that was trained to go on from it, in place of what it is conditioned on", async () => {
    const executables = createExecutables(runtime);
    const settings = checkSettings({ steps: 1, guidanceScale: 1, videoGuidanceScale: 1 }, mini.backbone, mini.backbone.frames(1));
    const asked = { prompt: "", negativePrompt: "", seconds: 1, video: undefined };
    const conditions = await branchConditions(executables, mini.backbone, asked, undefined);
    const { frames } = conditions.size;
    const channels = mini.backbone.denoiser.latentChannels;
    const latents = {
      dtype: "float32",
      shape: [1, channels, frames],
      data: new Float32Array(channels * frames).fill(3),
    } as const;
    const told: (readonly number[])[] = [];
    const make = async (change: number) => {
      const global = conditions.of.text["global"] as NonNullable<(typeof conditions.of.text)[string]>;
      const knownInputs: AudioBackbone["knownInputs"] = ({ known, latents: given }) => {
        told.push([...Array.from(known).slice(0, 6), given.data[0] as number, given.data[frames - 1] as number]);
        return { global: { ...global, data: global.data.map((value) => value + change) } };
      };
      const backbone = { ...mini.backbone, knownInputs };
      const place = { from: 5, known: { latents, from: 0, frames: 4, fading: 2 } };
      const request = { backbone, bridge: undefined, settings, conditions, bridged: undefined, seen: false, place };
      return (await sampleLatents(executables, request)).latents.data;
    };
    const [same, other] = [await make(0), await make(1)];
    expect(told[0]).toEqual([1, 1, 1, 1, 0.75, 0.25, 3, 0]);
    expect(other).not.toEqual(same);
    await executables.dispose();
  });
});
