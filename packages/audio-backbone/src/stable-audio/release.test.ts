/** Stable Audio Open from a folder: what is read from it, and what is refused. Its numbers are checked by the golden cases. */
import { mkdir, writeFile } from "node:fs/promises";
import { memoryParameters } from "@foley-control/core";
import { formulaWeights } from "@foley-control/golden";
import { goldenModel } from "@foley-control/golden/node";
import { beforeAll, describe, expect, test } from "vitest";
import { readStableAudioConfig } from "./config.js";
import { stableAudioBackbone } from "./release.js";
import { prompts, releaseFolders, type Tensors, t5, tensor, tinyConfig } from "./release.test-support.js";
import { stableAudioOpen } from "./release-folder.js";

const { at, condition, writeJson, writeRelease } = releaseFolders();
const tiny = (): Tensors => formulaWeights(goldenModel("sao/sao-tiny"));
const t5Weights = () => memoryParameters(formulaWeights(goldenModel("sao/sao-tiny/t5-tiny")));

beforeAll(async () => {
  await writeRelease("t5-base", "sao-tiny/t5-tiny", ["config.json", "tokenizer.json"]);
  await writeRelease("tiny", "sao-tiny");
  await writeRelease("small", "sao-small-tiny");
});

test("the 1.0 layout: v, 128 rows of text and two numbers", async () => {
  const backbone = await stableAudioOpen(at("tiny"));
  expect([backbone.id, backbone.denoiser.prediction]).toEqual(["stable-audio-open/v-2x256", "v"]);
  const { context } = await condition(backbone, prompts);
  expect(context.shape).toEqual([2, 130, 128]);
});

test("the layout of Small: flow, 64 rows of text and one number", async () => {
  const backbone = await stableAudioOpen(at("small"), { t5: at("t5-base") });
  expect([backbone.id, backbone.denoiser.prediction, backbone.text.length]).toEqual(["stable-audio-open/flow-1x256", "flow", 64]);
  const { context, global } = await condition(backbone, [prompts[0]]);
  expect(context.shape).toEqual([1, 65, 128]);
  expect(context.data.subarray(64 * 128)).toEqual(global.data);
});

describe("weights that are not the release's", () => {
  const opened = (change: (tensors: Tensors) => void) => {
    const tensors = tiny();
    change(tensors);
    return () =>
      stableAudioBackbone({
        config: tinyConfig,
        weights: memoryParameters(tensors),
        t5: { ...t5, weights: t5Weights() },
      });
  };
  const key = "model.model.transformer.layers.1.cross_attn.to_kv.weight";
  test("missing, unknown and mis-shaped tensors are named", () => {
    expect(opened(() => undefined)).not.toThrow();
    expect(opened((tensors) => delete tensors[key])).toThrow(`1 missing ("${key}")`);
    expect(opened((tensors) => Object.assign(tensors, { "model.model.extra": tensor([1], [0]) }))).toThrow(/model\.model\.extra/);
    expect(opened((tensors) => Object.assign(tensors, { [key]: tensor([2, 2], [0, 0, 0, 0]) }))).toThrow(
      /is \[2, 2\], expected \[256, 128\]/,
    );
  });
  test("a T5 of another width, or with another network, is refused", () => {
    const files = { config: tinyConfig, weights: memoryParameters(tiny()) };
    const weights = t5Weights();
    const changed = (change: object) => ({ ...t5, config: { ...t5.config, ...change }, weights });
    expect(() => stableAudioBackbone({ ...files, t5: changed({ d_model: 64 }) })).toThrow(/64 wide.*128.*Take t5-base/);
    expect(() => stableAudioBackbone({ ...files, t5: changed({ num_layers: 3 }) })).toThrow(/T5: 8 missing .*encoder\.block\.2/);
  });
});

describe("folders that are no release", () => {
  test("what is missing is said", async () => {
    await mkdir(at("empty"));
    await expect(stableAudioOpen(at("empty"))).rejects.toThrow(/neither model_config\.json nor transformer/);
    await writeJson(at("empty", "model_config.json"), tinyConfig);
    await expect(stableAudioOpen(at("empty"))).rejects.toThrow(/no model\.safetensors and no model\.ckpt/);
    await expect(stableAudioOpen(at("tiny"), { t5: at("nowhere") })).rejects.toThrow(
      /looked in .*nowhere.*Get t5-base .*option "t5"/,
    );
    await mkdir(at("spiece"));
    await writeJson(at("spiece", "config.json"), t5.config);
    await writeFile(at("spiece", "spiece.model"), "");
    await expect(stableAudioOpen(at("tiny"), { t5: at("spiece") })).rejects.toThrow(
      /no .*tokenizer\.json; its spiece\.model alone/,
    );
    await writeFile(at("empty", "model_config.json"), "{");
    await expect(stableAudioOpen(at("empty"))).rejects.toThrow(/model_config\.json" is no JSON/);
  });
});

describe("model_config.json", () => {
  /** A copy with one field changed. */
  const changed = (path: string, value: unknown) => {
    const copy = structuredClone(tinyConfig);
    const keys = path.split(".");
    const last = keys.pop() as string;
    const owner = keys.reduce<Record<string, unknown>>((object, name) => object[name] as Record<string, unknown>, copy);
    owner[last] = value;
    return () => readStableAudioConfig(copy);
  };
  test.each([
    ["model_type", "diffusion_cond_inpaint", /model_type/],
    ["sample_rate", "44100", /sample_rate: .*number/],
    ["model.diffusion.config.depth", -1, /model\.diffusion\.config\.depth/],
    ["model.diffusion.config.num_memory_tokens", 64, /num_memory_tokens/],
    ["model.diffusion.config.adaptive", true, /model\.diffusion\.config: .*adaptive/],
    ["model.diffusion.diffusion_objective", "x0", /diffusion_objective/],
    ["model.diffusion.global_cond_ids", ["prompt"], /global_cond_ids/],
    ["model.diffusion.cross_attention_cond_ids", ["seconds_start"], /cross_attention_cond_ids must name the prompt/],
    ["model.conditioning.cond_dim", 64, /cond_dim is not/],
    ["model.pretransform.config.downsampling_ratio", 1024, /downsampling_ratio is not the product/],
    ["model.pretransform.config.decoder.config.final_tanh", true, /final_tanh/],
    ["model.conditioning.configs", [], /model\.conditioning\.configs/],
    ["model.io_channels", 8, /latent channels/],
  ])("%s = %j is refused by name", (path, value, message) => {
    expect(changed(path, value)).toThrow(message);
  });
  test("an unknown conditioner is refused by name", () => {
    expect(changed("model.conditioning.configs", [{ id: "prompt", type: "clap_text", config: {} }])).toThrow(/configs\.0/);
  });
});
