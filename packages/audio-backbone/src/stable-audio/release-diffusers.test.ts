/** The layout of diffusers: the same numbers under other names, and its configurations. */
import { mkdir } from "node:fs/promises";
import { compare, formulaWeights, misses } from "@foley-control/golden";
import { goldenModel } from "@foley-control/golden/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { beforeAll, expect, test } from "vitest";
import { readStableAudioConfig } from "./config.js";
import { prompts, releaseFolders, type Tensors, t5, tinyConfig } from "./release.test-support.js";
import { readDiffusersConfig } from "./release-diffusers.js";
import { stableAudioOpen } from "./release-folder.js";

const { at, condition, decode, predict, writeJson, writeRelease } = releaseFolders();

beforeAll(async () => {
  await writeRelease("t5-base", "sao-tiny/t5-tiny", ["config.json", "tokenizer.json"]);
  await writeRelease("tiny", "sao-tiny");
});

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
    sample_size: 64,
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
  const folders = toDiffusers(formulaWeights(goldenModel("sao/sao-tiny")));
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
  const encoder = Object.entries(formulaWeights(goldenModel("sao/sao-tiny/t5-tiny"))).filter(
    ([name]) => !name.startsWith("decoder."),
  );
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
  const same = async (name: string, of: (backbone: typeof original) => ReturnType<typeof decode>) =>
    compare(name, await of(diffusers), await of(original), { maxAbs: 1e-5, relL2: 1e-6 });
  const compared = [await same("prediction", (one) => predict(one, "sao-tiny-dit")), await same("audio", decode)];
  expect(misses(compared)).toEqual([]);
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
