/** Clips given sound by networks in the layouts of the releases; their numbers are checked by the golden cases in `parity`. */
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { bridgeConfig, freshBridge, saveBridge } from "@foley-control/bridge";
import { normalArray } from "@foley-control/core";
import { assembleCases, goldenPath } from "@foley-control/golden/node";
import { encodeWav, readAudio } from "@foley-control/media/node";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ran } from "./testing.js";

const clip = goldenPath("clips/h264-aac.mp4");
let folder: string;
let parts: { readonly backbone: string; readonly t5: string; readonly encoder: string; readonly bridge: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-releases-"));
  await assembleCases(join(folder, "cases"));
  const backbone = join(folder, "cases/sao/sao-tiny");
  parts = {
    backbone,
    t5: join(backbone, "t5-tiny"),
    encoder: join(folder, "cases/vjepa2/vjepa2-hf-tiny"),
    bridge: join(folder, "bridge.safetensors"),
  };
  const config = bridgeConfig(await stableAudioOpen(backbone, { t5: parts.t5 }), await vjepa2(parts.encoder));
  await writeFile(parts.bridge, saveBridge(freshBridge(config, 1)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sound = (name: string) => join(folder, name);
const generate = (...more: readonly string[]) =>
  ran(["generate", clip, "glass breaking", "--device", "cpu", "--steps", "2", "--json", "--quiet", ...more]);

describe("generate with releases", () => {
  it("Stable Audio Open alone: its own solver and scale; says that the picture has no say", async () => {
    const result = await generate("--backbone", parts.backbone, "--text-encoder", parts.t5, "--audio", sound("alone.wav"));
    expect([result.code, result.err]).toEqual([0, ""]);
    const found = JSON.parse(result.out);
    expect(found.settings).toMatchObject({ solver: "dpmpp-3m-sde", guidanceScale: 7, steps: 2 });
    expect(found.parts).toEqual({ backbone: "stable-audio-open/v-2x256" });
    expect(found.warnings).toEqual([expect.stringMatching(/no bridge: the prompt alone decides/)]);
    // 2 s, 48 kHz, two channels of 24 bits.
    expect((await stat(sound("alone.wav"))).size).toBeGreaterThan(2 * 48_000 * 6);
  });
  it("Small: few steps, no guidance", async () => {
    const small = join(folder, "cases/sao/sao-small-tiny");
    const result = await generate("--backbone", small, "--text-encoder", parts.t5, "--audio", sound("small.wav"));
    expect([result.code, result.err]).toEqual([0, ""]);
    expect(JSON.parse(result.out).settings).toMatchObject({ solver: "pingpong", guidanceScale: 1 });
  });
  it("a stretch of a sound made anew: the rest stays as it was", async () => {
    const mine = { sampleRate: 48_000, channels: [normalArray(1, ["mine"], 96_000).map((value) => 0.1 * value)] };
    await writeFile(sound("mine.wav"), encodeWav(mine, { bits: 24 }));
    const named = ["--backbone", parts.backbone, "--text-encoder", parts.t5, "--sound", sound("mine.wav"), "--range", "0.5-1"];
    const result = await generate(...named, "--audio", sound("mended.wav"));
    expect([result.code, result.err]).toEqual([0, ""]);
    const [was, is] = [await readAudio(sound("mine.wav")), await readAudio(sound("mended.wav"))];
    const [before, after] = [was.channels[0] as Float32Array, is.channels[0] as Float32Array];
    expect([is.sampleRate, is.channels.length]).toEqual([48_000, 2]);
    expect(after.subarray(0, 24_000)).toEqual(before.subarray(0, 24_000));
    expect(after.subarray(48_000, 95_000)).toEqual(before.subarray(48_000, 95_000));
    expect(after.subarray(26_000, 46_000)).not.toEqual(before.subarray(26_000, 46_000));
  });
  it("with V-JEPA 2 and a bridge", async () => {
    const named = [
      "--backbone",
      parts.backbone,
      "--text-encoder",
      parts.t5,
      "--encoder",
      parts.encoder,
      "--bridge",
      parts.bridge,
    ];
    const result = await generate(...named, "--audio", sound("both.wav"));
    expect([result.code, result.err]).toEqual([0, ""]);
    const found = JSON.parse(result.out);
    expect(found.parts).toEqual({ backbone: "stable-audio-open/v-2x256", encoder: "meta/vjepa2-vit-96-64" });
    expect(found.warnings).toEqual([]);
  });
});

describe("mistakes", () => {
  it("a stretch without a sound, a sound that is none, one that leaves nothing to make", async () => {
    const make = (...more: readonly string[]) => generate("--audio", sound("none.wav"), ...more);
    const alone = await make("--range", "0.5-1");
    expect([alone.code, alone.err]).toEqual([2, expect.stringMatching(/--range was given without --sound/)]);
    const wrong = await make("--sound", clip, "--range", "2-1");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/"2-1" was given; stretches such as 2-4/)]);
    const none = await make("--sound", join(folder, "no.wav"));
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/no\.wav/)]);
    await writeFile(sound("silent.wav"), encodeWav({ sampleRate: 8000, channels: [new Float32Array(80_000)] }));
    const whole = await make("--sound", sound("silent.wav"));
    expect([whole.code, whole.err]).toEqual([2, expect.stringMatching(/--range is undefined; .*lasts as long as the clip/)]);
  });
  it.each([
    ["an encoder without a backbone", ["--encoder", "x"], /--encoder was given without --backbone/],
    ["an encoder without a bridge", ["--backbone", "x", "--encoder", "y"], /--encoder was given alone/],
    ["two models", ["--backbone", "x", "--model", "y"], /both given/],
  ] as const)("%s", async (_, flags, message) => {
    const { code, err } = await generate(...flags, "--audio", sound("none.wav"));
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
  it("a bridge for another backbone", async () => {
    const small = join(folder, "cases/sao/sao-small-tiny");
    const named = ["--backbone", small, "--text-encoder", parts.t5, "--encoder", parts.encoder, "--bridge", parts.bridge];
    const { code, err } = await generate(...named, "--audio", sound("none.wav"));
    expect(code).toBe(1);
    expect(err).toMatch(/^foley: .*bridge/);
  });
  it("a folder that is no release", async () => {
    const { code, err } = await generate("--backbone", folder, "--audio", sound("none.wav"));
    expect(code).toBe(1);
    expect(err).toMatch(/is not a text-to-audio model.* Give .*the folder of a Stable Audio Open, with model_config\.json or/);
  });
});
