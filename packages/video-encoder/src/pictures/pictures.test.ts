/** Picture encoders from folders, and what is said of those that are none. Numbers are golden cases (parity). */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryParameters } from "@foley-control/core";
import { goldenJson, goldenPath } from "@foley-control/golden/node";
import { openSafetensors } from "@foley-control/weights/node";
import { describe, expect, it } from "vitest";
import { pictures } from "../node/pictures.js";
import { readPictureNetwork } from "./layouts.js";
import { naflexSize } from "./pixels.js";

describe("a folder of a picture encoder", () => {
  it.each([
    ["dinov2-tiny", "dinov2/3x48-224", 48],
    ["dinov2-reg-tiny", "dinov2/3x48-224", 48],
    ["siglip2-tiny", "siglip/3x48-48", 48],
    ["clip-tiny", "clip/3x48-56", 32],
  ])("%s is told by its config.json", async (name, id, width) => {
    const encoder = await pictures(goldenPath(`encoders/${name}`));
    expect(encoder).toMatchObject({ id, tokenWidth: width, window: 1, frameRate: 8, tokensPerStep: 1 });
    expect(encoder.graph({ frames: 1 }).outputs["tokens"]?.shape).toEqual([1, 1, width]);
  });

  it("gives a token of each patch, at any size, and its id says so", async () => {
    const encoder = await pictures(goldenPath("encoders/dinov2-reg-tiny"), {
      tokens: "patches",
      imageSize: [56, 98],
      frameRate: 4,
    });
    expect(encoder).toMatchObject({ id: "dinov2/3x48-56x98-patches@4", tokensPerStep: 28, tokenRate: 4 });
    expect(encoder.graph({ frames: 2 }).outputs["tokens"]?.shape).toEqual([1, 56, 48]);
    await expect(pictures(goldenPath("encoders/dinov2-tiny"), { imageSize: 8 })).rejects.toThrow(
      /imageSize is 8×8; at least one patch/,
    );
  });

  it("of something else, or without weights, is a sentence", async () => {
    const folder = await mkdtemp(join(tmpdir(), "foley-pictures-"));
    await writeFile(join(folder, "config.json"), '{ "model_type": "vit" }');
    await expect(pictures(folder)).rejects.toMatchObject({ code: "bad-file" });
    await rm(folder, { recursive: true, force: true });
    const weights = await openSafetensors(goldenPath("encoders/dinov2-tiny/model.safetensors"));
    expect(() => readPictureNetwork({ model_type: "vit" }, weights)).toThrow(/model_type "vit"/);
    const config = goldenJson<object>("encoders/dinov2-tiny/config.json");
    expect(() => readPictureNetwork({ ...config, num_attention_heads: 5 }, weights)).toThrow(/5 heads of 48 channels/);
    expect(() => readPictureNetwork({ ...config, num_attention_heads: "2" }, weights)).toThrow(/num_attention_heads/);
    expect(() => readPictureNetwork(config, memoryParameters({}))).toThrow(/projection\.weight/);
  });
});

it("a picture of any shape gets as many patches as fit, each side rounded up", () => {
  for (const [height, width] of [
    [360, 640],
    [1080, 1920],
    [90, 1600],
  ] as const) {
    const [tall, wide] = naflexSize({ height, width }, { patch: 16, patches: 256 });
    expect([tall % 16, wide % 16]).toEqual([0, 0]);
    expect((tall / 16) * (wide / 16)).toBeLessThanOrEqual(256);
    expect((tall / 16) * (wide / 16)).toBeGreaterThan(190);
  }
});
