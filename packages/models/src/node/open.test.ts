/** Models opened by what their files are, in folders that are written here; the numbers of the networks are tested where they stand. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bridgeConfig, freshBridge, saveBridge } from "@foley-control/bridge";
import type { Bridge, VideoEncoder } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { writeUntrainedMini } from "@foley-control/mini/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBackbone, openBridge, openNamedVideoEncoders, openParts, openVideoEncoder, poolingsOf } from "../node.js";

let base: string;
let model: string;
let folder: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "foley-models-"));
  model = join(base, "model");
  await writeUntrainedMini(model);
});
afterAll(() => rm(base, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(base, "case-"));
});

const env = () => ({ HF_HOME: folder, FOLEY_CONFIG_DIR: folder, HF_HUB_OFFLINE: "1" });

describe("what lies at a path is opened by its row", () => {
  it("the parts of a small model, and its bridge", async () => {
    const [backbone, encoder, bridge] = await Promise.all([
      openBackbone(model),
      openVideoEncoder(model),
      openBridge(join(model, "bridge.safetensors")),
    ]);
    expect([backbone.id, encoder.id]).toEqual([bridge.config["backbone"], bridge.config["encoder"]]);
    await expect(openVideoEncoder(model, { pooling: "grid8" })).rejects.toThrow(/one token per time step/);
  });
  it("a folder that no row knows is answered with what each looks for", async () => {
    await expect(openBackbone(folder)).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/model_config\.json.*; or .*backbone\.safetensors.*; or .*denoiser\.onnx/),
    });
    await writeFile(join(folder, "config.json"), '{ "model_type": "vit" }');
    await expect(openVideoEncoder(folder)).rejects.toThrow(
      /not a video encoder that can be read\. Give .*; or the folder of a V-JEPA 2/,
    );
    await expect(openVideoEncoder(join(folder, "none"))).rejects.toMatchObject({ code: "not-found" });
  });
  it("damaged JSON is named, also where it only decides what the files are", async () => {
    await writeFile(join(folder, "config.json"), "{");
    await expect(openVideoEncoder(folder)).rejects.toThrow(/config\.json" is no JSON/);
  });
  it("a denoiser alone wants a backbone to take the rest from", async () => {
    const path = join(folder, "denoiser.onnx");
    await writeFile(path, "");
    await expect(openBackbone(path)).rejects.toThrow(/denoiser alone, and options\.base was not given/);
  });
});

describe("named parts", () => {
  const small = async () => ({ backbone: await openBackbone(model), encoder: await openVideoEncoder(model) });
  it("what is not named is that of the base; without a bridge nobody watches", async () => {
    const { backbone, encoder } = await small();
    const path = join(folder, "bridge.safetensors");
    await writeFile(path, saveBridge(freshBridge(bridgeConfig(backbone, encoder), 1)));
    const joined = await openParts({ bridge: path }, { env: env(), base: small });
    expect([joined.backbone.id, joined.encoder?.id]).toEqual([backbone.id, encoder.id]);
    expect(await openParts({ backbone: model }, { env: env() })).toMatchObject({ encoder: undefined, bridge: undefined });
    await expect(openParts({ bridge: path }, { env: env() })).rejects.toThrow(
      /options\.encoder was not given, and there is no model/,
    );
  });
  it("several encoders stand in the order in which they are named, each pooled as the bridge was trained", async () => {
    const backbone = await openBackbone(model);
    const names = [goldenPath("encoders/dinov2-tiny"), model];
    const [first, second] = await Promise.all(names.map((name) => openVideoEncoder(name)));
    const path = join(folder, "bridge.safetensors");
    const encoders = [first, second] as [VideoEncoder, VideoEncoder];
    await writeFile(path, saveBridge(freshBridge(bridgeConfig(backbone, encoders), 1)));
    const joined = await openParts({ backbone: model, encoder: names, bridge: path }, { env: env() });
    expect([joined.encoder?.id, joined.beside.map(({ id }) => id)]).toEqual([first?.id, [second?.id]]);
    expect(poolingsOf(joined.bridge as Bridge)).toEqual(["frame", "frame"]);
    await expect(openNamedVideoEncoders({ encoder: [model], pooling: ["frame", "grid8"] }, { env: env() })).rejects.toThrow(
      /options\.pooling has 2 entries for 1 of options\.encoder/,
    );
  });
  it.each([
    [{ encoder: "x" }, /options\.encoder was given without options\.backbone/],
    [{ backbone: "x", encoder: "x" }, /options\.encoder was given alone/],
    [{ textEncoder: "x" }, /options\.textEncoder was given without options\.backbone/],
    [{ backbone: "x", sites: ["a"] }, /options\.sites was given without a \.onnx/],
  ])("%j make no sense together", async (names, message) => {
    await expect(openParts(names, { env: env() })).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringMatching(message),
    });
  });
  it("a licence is said once on a machine, and only where somebody listens", async () => {
    const known = join(folder, "vjepa2-vitl-fpc64-256");
    await mkdir(known);
    const heard: string[] = [];
    const open = (onNotice?: (notice: string) => void) =>
      openParts({ backbone: model, encoder: known, bridge: join(model, "bridge.safetensors") }, { env: env(), onNotice }).catch(
        (error: Error) => error.message,
      );
    expect(await open()).toMatch(/not a video encoder/);
    await open((notice) => heard.push(notice));
    await open((notice) => heard.push(notice));
    expect(heard).toEqual([expect.stringMatching(/^Licence of the weights of facebook\/vjepa2-vitl-fpc64-256: MIT/)]);
  });
});
