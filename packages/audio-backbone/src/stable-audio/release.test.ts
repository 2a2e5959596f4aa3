/** Stable Audio Open from a folder, in both layouts and both formats, against stable-audio-tools; see ../../fixtures/README.md. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AudioBackbone, Graph, ParameterSource, PlainTensor } from "@foley-control/core";
import { memoryParameters } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  differences,
  type FixtureTensor,
  type FormulaEntry,
  formulaTensor,
  formulaTensors,
  readJson,
  readTensors,
} from "../../fixtures/fixture-files.js";
import { readStableAudioConfig } from "./config.js";
import { oobleckCodec } from "./oobleck.js";
import { stableAudioBackbone } from "./release.js";
import { readDiffusersConfig } from "./release-diffusers.js";
import { stableAudioOpen } from "./release-folder.js";

type Tensors = Record<string, FixtureTensor>;
interface Limits {
  readonly maxAbs?: number;
  readonly relL2: number;
}
interface Case {
  readonly tolerance: Required<Limits> & { readonly cross_attn_cond_fp16: Limits };
}

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
const tinyConfig = readJson<Record<string, unknown>>("./sao-tiny-model-config.json");
const smallConfig = readJson<Record<string, unknown>>("./sao-small-tiny-model-config.json");
const t5 = { config: readJson("./t5-tiny/config.json"), tokenizer: readJson("./t5-tiny/tokenizer.json") };
const table = (name: string): Tensors => formulaTensors(readJson<Record<string, FormulaEntry>>(name));
const tensor = (shape: readonly number[], data: ArrayLike<number>): FixtureTensor => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(data),
});
const frequencies = (width: number): Tensors => ({
  "model.model.transformer.rotary_pos_emb.inv_freq": tensor(
    [width / 2],
    Array.from({ length: width / 2 }, (_, j) => 10000 ** ((-2 * j) / width)),
  ),
});
const tiny = (): Tensors => ({
  ...frequencies(32),
  ...table("./sao-tiny-weights.json"),
  ...table("./sao-tiny-vae-weights.json"),
});
/** Any numbers for the autoencoder of the small folder. */
const smallAutoencoder = (): Tensors => {
  const codec = oobleckCodec(readStableAudioConfig(smallConfig).autoencoder, memoryParameters({}));
  const shapes = [codec.encodeGraph({ frames: 1 }), codec.decodeGraph({ frames: 1 })].flatMap((source) => [
    ...parametersOf(source),
  ]);
  return Object.fromEntries(
    shapes.map(([name, { shape }]) => [
      name,
      formulaTensor(name, { shape, amp: 0.125, offset: name.endsWith("weight_g") ? 1 : 0 }),
    ]),
  );
};

let root = "";
const at = (...path: string[]) => join(root, ...path);

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(value));
}
async function writeRelease(name: string, config: unknown, tensors: Tensors): Promise<string> {
  await mkdir(at(name));
  await writeJson(at(name, "model_config.json"), config);
  await writeSafetensorsFile(at(name, "model.safetensors"), tensors);
  return at(name);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "foley-release-"));
  await mkdir(at("t5-base"));
  await writeJson(at("t5-base", "config.json"), t5.config);
  await writeJson(at("t5-base", "tokenizer.json"), t5.tokenizer);
  await writeSafetensorsFile(at("t5-base", "model.safetensors"), table("./t5-tiny-weights.json"));
  await writeRelease("tiny", tinyConfig, tiny());
  await writeRelease("small", smallConfig, {
    ...frequencies(64),
    ...table("./sao-small-tiny-weights.json"),
    ...smallAutoencoder(),
  });
});
afterAll(async () => {
  await runtime.dispose();
  await rm(root, { recursive: true, force: true });
});

async function run(source: Graph, weights: ParameterSource, inputs: Readonly<Record<string, PlainTensor>>) {
  const executable = await runtime.load(source, weights);
  const outputs = await executable.run(inputs);
  await executable.dispose();
  return (name: string) => outputs[name] as PlainTensor<"float32">;
}

function expectNear(name: string, found: ArrayLike<number>, expected: ArrayLike<number>, limits: Limits): void {
  const { maxAbs, relL2 } = differences(found, expected);
  if (limits.maxAbs !== undefined) expect(maxAbs, `${name}: largest difference`).toBeLessThan(limits.maxAbs);
  expect(relL2, `${name}: relative difference`).toBeLessThan(limits.relL2);
}

/** Two prompts of the same duration, as one batch. */
async function condition(backbone: AudioBackbone, prompts: readonly string[]) {
  const batch = prompts.length;
  const texts = prompts.map((prompt) => backbone.text.tokenise(prompt));
  const shape = [batch, backbone.text.length];
  const ids = BigInt64Array.from(texts.flatMap((text) => [...text.ids]));
  const mask = tensor(
    shape,
    texts.flatMap((text) => [...text.mask]),
  );
  const tokens = (
    await run(backbone.text.graph({ batch }), backbone.text.weights, { ids: { dtype: "int64", shape, data: ids }, mask })
  )("tokens");
  const numbers = {
    secondsStart: tensor(
      [batch],
      prompts.map(() => 0),
    ),
    secondsTotal: tensor(
      [batch],
      prompts.map(() => 30),
    ),
  };
  const found = await run(backbone.conditionGraph({ batch }), backbone.weights, { tokens, ...numbers });
  return { context: found("context"), global: found("global") };
}

async function predict(backbone: AudioBackbone, stored: (name: string) => FixtureTensor): Promise<Float32Array> {
  const latents = stored("in.x");
  const source = backbone.denoiser.graph({ frames: latents.shape[2] as number });
  const inputs = { latents, time: tensor([1], [0.5]), context: stored("in.ctx"), global: stored("in.g") };
  return (await run(source, backbone.denoiser.weights, inputs))("prediction").data;
}

async function decode(backbone: AudioBackbone): Promise<Float32Array> {
  const latents = readTensors("./sao-tiny-vae.safetensors")("in.z");
  return (await run(backbone.codec.decodeGraph({ frames: latents.shape[2] as number }), backbone.codec.weights, { latents }))(
    "audio",
  ).data;
}

const prompts = ["A dog barks twice in a quiet courtyard", "Footsteps on gravel, slow pace, close microphone."] as const;

describe("the 1.0 layout, loaded from its folder", () => {
  test("context, global conditioning, prediction and decoded audio are the reference's", async () => {
    const backbone = await stableAudioOpen(at("tiny"));
    expect(backbone.id).toBe("stable-audio-open/v-2x256");
    expect(backbone.denoiser.prediction).toBe("v");
    const golden = readJson<Case>("./sao-tiny-cond.json").tolerance;
    const stored = readTensors("./sao-tiny-cond.safetensors");
    const { context, global } = await condition(backbone, prompts);
    expect(context.shape).toEqual([2, 130, 128]);
    expectNear("cross_attn_cond", context.data, stored("out.cross_attn_cond").data, golden);
    expectNear("global_cond", global.data, stored("out.global_cond").data, golden);
    const head = Float32Array.from(
      [0, 1].flatMap((item) =>
        Array.from({ length: 24 * 64 }, (_, i) => context.data[(item * 130 + Math.floor(i / 64)) * 128 + 2 * (i % 64)] as number),
      ),
    );
    expectNear("cross_attn_cond_fp16", head, stored("out.cross_attn_cond_fp16").data, golden.cross_attn_cond_fp16);

    const dit = readTensors("./sao-tiny-dit.safetensors");
    const limits = readJson<Case>("./sao-tiny-dit.json").tolerance;
    expectNear("prediction", await predict(backbone, dit), dit("out.v.plain.t0.5").data, limits);
    const vae = readJson<Case>("./sao-tiny-vae.json").tolerance;
    expectNear("audio", await decode(backbone), readTensors("./sao-tiny-vae.safetensors")("out.decode").data, vae);
  });
});

describe("the layout of Small, loaded from its folder", () => {
  test("64 rows of text and one number; flow; prediction is the reference's", async () => {
    const backbone = await stableAudioOpen(at("small"), { t5: at("t5-base") });
    expect([backbone.id, backbone.denoiser.prediction, backbone.text.length]).toEqual([
      "stable-audio-open/flow-1x256",
      "flow",
      64,
    ]);
    const { context, global } = await condition(backbone, [prompts[0]]);
    expect(context.shape).toEqual([1, 65, 128]);
    expect(context.data.subarray(64 * 128)).toEqual(global.data);
    const dit = readTensors("./sao-small-tiny-dit.safetensors");
    const limits = readJson<Case>("./sao-small-tiny-dit.json").tolerance;
    expectNear("prediction", await predict(backbone, dit), dit("out.v.plain.t0.5").data, limits);
  });
});

describe("the layout of diffusers", () => {
  const configs = {
    transformer: {
      in_channels: 16,
      out_channels: 16,
      num_layers: 2,
      attention_head_dim: 64,
      num_attention_heads: 4,
      num_key_value_attention_heads: 2,
      cross_attention_dim: 128,
      cross_attention_input_dim: 128,
      global_states_input_dim: 256,
      time_proj_dim: 256,
    },
    vae: {
      audio_channels: 2,
      channel_multiples: [1, 2, 4, 8, 16],
      decoder_channels: 8,
      decoder_input_channels: 16,
      downsampling_ratios: [2, 4, 4, 8, 8],
      encoder_hidden_size: 8,
      sampling_rate: 44100,
    },
    projection: { conditioning_dim: 128, text_encoder_dim: 128, min_value: 0, max_value: 512 },
    tokenizer: { model_max_length: 128 },
  };

  test("its configurations say the same as model_config.json", () => {
    const found = readDiffusersConfig(configs);
    const wanted = readStableAudioConfig(tinyConfig);
    expect({ ...found, transformer: { ...found.transformer, timestepFeatures: 256 } }).toEqual({
      ...wanted,
      transformer: { ...wanted.transformer, timestepFeatures: 256 },
    });
    expect(() => readDiffusersConfig({ ...configs, vae: { ...configs.vae, decoder_input_channels: 8 } })).toThrow(
      /vae\/config\.json/,
    );
    expect(() => readDiffusersConfig({ ...configs, projection: { ...configs.projection, max_value: "512" } })).toThrow(
      /projection_model\/config\.json.*max_value/,
    );
  });

  test("the same numbers under its names give the same context, prediction and audio", async () => {
    const folders = toDiffusers(tiny());
    for (const [name, tensors] of Object.entries(folders)) {
      await mkdir(at("diffusers", name), { recursive: true });
      await writeSafetensorsFile(at("diffusers", name, "diffusion_pytorch_model.safetensors"), tensors);
    }
    await writeJson(at("diffusers", "transformer", "config.json"), configs.transformer);
    await writeJson(at("diffusers", "vae", "config.json"), configs.vae);
    await writeJson(at("diffusers", "projection_model", "config.json"), configs.projection);
    for (const name of ["tokenizer", "text_encoder"]) await mkdir(at("diffusers", name));
    await writeJson(at("diffusers", "tokenizer", "tokenizer_config.json"), configs.tokenizer);
    await writeJson(at("diffusers", "tokenizer", "tokenizer.json"), t5.tokenizer);
    await writeJson(at("diffusers", "text_encoder", "config.json"), t5.config);
    const encoder = Object.entries(table("./t5-tiny-weights.json")).filter(([name]) => !name.startsWith("decoder."));
    await writeSafetensorsFile(at("diffusers", "text_encoder", "model.safetensors"), encoder);

    // Names as the published conversion gives them.
    expect(Object.keys(folders.transformer)).toEqual(
      expect.arrayContaining([
        "transformer_blocks.1.attn2.to_out.0.weight",
        "time_proj.weight",
        "transformer_blocks.0.ff.net.0.proj.bias",
      ]),
    );
    expect(Object.keys(folders.vae)).toEqual(
      expect.arrayContaining([
        "encoder.block.4.conv1.weight_g",
        "decoder.block.0.conv_t1.weight_v",
        "decoder.block.2.res_unit3.snake2.beta",
      ]),
    );

    const [original, diffusers] = [await stableAudioOpen(at("tiny")), await stableAudioOpen(at("diffusers"))];
    expect(diffusers.id).toBe(original.id);
    const [wanted, found] = [await condition(original, prompts), await condition(diffusers, prompts)];
    expect(found.context.data).toEqual(wanted.context.data);
    expect(found.global.data).toEqual(wanted.global.data);
    const dit = readTensors("./sao-tiny-dit.safetensors");
    expectNear("prediction", await predict(diffusers, dit), await predict(original, dit), { maxAbs: 1e-5, relL2: 1e-6 });
    expectNear("audio", await decode(diffusers), await decode(original), { maxAbs: 1e-5, relL2: 1e-6 });
  });
});

describe("weights that are not the release's", () => {
  const opened = (change: (tensors: Tensors) => void) => {
    const tensors = tiny();
    change(tensors);
    return () =>
      stableAudioBackbone({
        config: tinyConfig,
        weights: memoryParameters(tensors),
        t5: { ...t5, weights: memoryParameters(table("./t5-tiny-weights.json")) },
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
    const weights = memoryParameters(table("./t5-tiny-weights.json"));
    const changed = (change: object) => ({ ...t5, config: { ...(t5.config as object), ...change }, weights });
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
    await expect(stableAudioOpen(at("empty"))).rejects.toThrow(/model_config\.json is no JSON/);
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

/** What the published conversion makes of a release: see `convert_stable_audio.py`. */
function toDiffusers(release: Tensors) {
  const folders = { transformer: {} as Tensors, vae: {} as Tensors, projection_model: {} as Tensors };
  const halves = ["snake1", "conv1", "snake2", "conv2"];
  for (const [name, value] of Object.entries(release)) {
    if (name.endsWith("inv_freq")) continue;
    if (name.startsWith("conditioner.")) {
      const [, , which, , , ...rest] = name.split(".");
      const side = which === "seconds_start" ? "start" : "end";
      folders.projection_model[`${side}_number_conditioner.time_positional_embedding.${rest.join(".")}`] = value;
    } else if (name.startsWith("pretransform.model.")) {
      const [coder, , index, ...rest] = name.split(".").slice(2) as [string, string, string, ...string[]];
      const end = rest.pop() as string;
      const snake = end === "alpha" || end === "beta";
      const stored = snake ? { ...value, shape: [1, value.shape[0] as number, 1] } : value;
      const place = Number(rest[1]);
      const first = coder === "encoder" ? 0 : 2;
      let path = `block.${Number(index) - 1}.`;
      if (rest.length === 4) path += `res_unit${place - first + 1}.${halves[Number(rest[3])]}`;
      else if (rest.length === 2) path += snake ? "snake1" : coder === "encoder" ? "conv1" : "conv_t1";
      else path = index === "0" ? "conv1" : snake ? "snake1" : "conv2";
      folders.vae[`${coder}.${path}.${end}`] = stored;
    } else {
      const renames: Record<string, string> = {
        layers: "transformer_blocks",
        self_attn: "attn1",
        cross_attn: "attn2",
        to_out: "to_out.0",
        pre_norm: "norm1",
        cross_attend_norm: "norm2",
        ff_norm: "norm3",
        gamma: "weight",
        beta: "bias",
        project_in: "proj_in",
        project_out: "proj_out",
        timestep_features: "time_proj",
        to_timestep_embed: "timestep_proj",
        to_global_embed: "global_proj",
        to_cond_embed: "cross_attention_proj",
      };
      const parts = name
        .split(".")
        .slice(2)
        .filter((part) => part !== "transformer");
      const path = parts.map((part, i) => (part === "ff" && parts[i - 1] === "ff" ? "net" : (renames[part] ?? part))).join(".");
      const fused = /to_(qkv|kv)\./.exec(path)?.[1];
      const [height, width] = value.shape as readonly [number, number];
      if (!fused) folders.transformer[path] = path === "time_proj.weight" ? { ...value, shape: [height] } : value;
      else
        [...fused].forEach((letter, i) => {
          const rows = height / fused.length;
          const data = value.data.slice(i * rows * width, (i + 1) * rows * width);
          folders.transformer[path.replace(`to_${fused}`, `to_${letter}`)] = { dtype: "float32", shape: [rows, width], data };
        });
    }
  }
  return folders;
}
