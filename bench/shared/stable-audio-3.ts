/**
 * Stable Audio 3 small-sfx at its real size with weights made by a formula (3.4 GB), for measurements where the real weights cannot be had: the
 * configuration of the tiny golden model with the sizes of the release, and for every tensor that its graphs read numbers of about unit gain.
 */
import { existsSync, mkdirSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  readStableAudio3Config,
  sameDecoder,
  sameDeviation,
  sameEncoder,
  sameNormalised,
  stableAudio3Transformer,
  t5GemmaTextEncoder,
} from "@foley-control/audio-backbone";
import { type Graph, memoryParameters, type Shape } from "@foley-control/core";
import { goldenJson, goldenPath } from "@foley-control/golden/node";
import { graph, input, ops, parametersOf } from "@foley-control/graph";
import { writeTensors } from "./release.js";

// biome-ignore lint/suspicious/noExplicitAny: files of many kinds.
const json = (name: string) => goldenJson<any>(name);
const TINY = "sa3/sa3-tiny";
const TEXT = "t5gemma-b-b-ul2";

/** Blocks of every network; fewer are as wide. The autoencoder's come in pairs. */
const DEPTHS = { transformer: 20, text: 12, autoencoder: 6 } as const;

/** `model_config.json` with the sizes of small-sfx. */
function releaseConfig(blocks?: number): unknown {
  const config = json(`${TINY}/model_config.json`);
  const { pretransform, conditioning, diffusion } = config.model;
  config.model.io_channels = 256;
  conditioning.cond_dim = 768;
  conditioning.configs[0].config.max_length = 256;
  Object.assign(diffusion.config, {
    ...{ io_channels: 256, embed_dim: 1024, depth: blocks ?? DEPTHS.transformer, num_heads: 16, num_memory_tokens: 64 },
    ...{ cond_token_dim: 768, global_cond_dim: 768, local_add_cond_dim: 257 },
  });
  const half = {
    channels: 128,
    c_mults: [6],
    latent_dim: 256,
    transformer_depths: [blocks === undefined ? DEPTHS.autoencoder : 2 * Math.ceil(blocks / 2)],
    dim_heads: 64,
  };
  Object.assign(pretransform.config.encoder.config, half);
  Object.assign(pretransform.config.decoder.config, half);
  pretransform.config.bottleneck.config.dim = 256;
  pretransform.config.latent_dim = 256;
  return config;
}

/** `config.json` of t5gemma-b-b-ul2; with few blocks of the few words that the tiny tokeniser has. */
function textConfig(blocks?: number): unknown {
  const config = json(`${TINY}/${TEXT}/config.json`);
  const words = blocks === undefined ? 256_000 : config.encoder.vocab_size;
  Object.assign(config.encoder, {
    ...{
      hidden_size: 768,
      head_dim: 64,
      intermediate_size: 2048,
      num_hidden_layers: blocks ?? DEPTHS.text,
      num_attention_heads: 12,
    },
    ...{ num_key_value_heads: 12, query_pre_attn_scalar: 64, vocab_size: words },
  });
  return config;
}

/** Matrices of about unit gain, norms about 1, all else small. */
function formulaOf(name: string, shape: Shape) {
  if (/(?:gamma|weight_g|running_std|scaling_factor|alpha)$/u.test(name)) return { shape, amp: 0.1, offset: 1 };
  if (shape.length < 2 || name.endsWith("bias")) return { shape, amp: 0.05, offset: 0 };
  const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
  return { shape, amp: Math.fround(Math.sqrt(3 / inputs)), offset: 0 };
}

const tableOf = (source: Graph) =>
  Object.fromEntries([...parametersOf(source)].map(([name, { shape }]) => [name, formulaOf(name, shape)] as const));

/** A graph that reads every tensor of the networks. */
function networks(json: unknown): Graph {
  const { transformer: net, autoencoder, conditionWidth } = readStableAudio3Config(json);
  const { patch, audioChannels, latentChannels, encoder } = autoencoder;
  const inputs = {
    latents: input("latents", [1, net.ioChannels, 2]),
    time: input("time", [1]),
    context: input("context", [1, 2, conditionWidth]),
    global: input("global", [1, conditionWidth]),
    local: input("local", [1, net.localAddCondDim, 2]),
  };
  const patches = input("patches", [1, audioChannels * patch, encoder.chunkPatches]);
  const z = input("z", [1, latentChannels, 2]);
  return graph("networks", [...Object.values(inputs), patches, z], {
    prediction: stableAudio3Transformer(net, inputs),
    encoded: sameNormalised(sameEncoder(patches, autoencoder), autoencoder),
    decoded: sameDecoder(ops.multiply(z, sameDeviation(autoencoder)), autoencoder),
  });
}

/** The conditioners, which are three tensors. */
const conditioners = (width: number): Readonly<Record<string, Shape>> => ({
  "conditioner.conditioners.prompt.padding_embedding": [width],
  "conditioner.conditioners.seconds_total.embedder.embedding.1.weight": [width, 256],
  "conditioner.conditioners.seconds_total.embedder.embedding.1.bias": [width],
});

/** Writes the release into `root`, unless it is there; with so many `blocks` in each network where that is said. */
export async function ensureStableAudio3(root: string, blocks?: number): Promise<void> {
  if (existsSync(join(root, "model_config.json"))) return;
  mkdirSync(join(root, TEXT), { recursive: true });
  process.stderr.write("writing Stable Audio 3 small-sfx with weights made by a formula …\n");
  const [config, text] = [releaseConfig(blocks), textConfig(blocks)];
  await copyFile(goldenPath(`${TINY}/${TEXT}/tokenizer.json`), join(root, TEXT, "tokenizer.json"));
  await writeFile(join(root, TEXT, "config.json"), JSON.stringify(text));
  const tokenizer: unknown = JSON.parse(await readFile(join(root, TEXT, "tokenizer.json"), "utf8"));
  const words = t5GemmaTextEncoder({ config: text, tokenizer, weights: memoryParameters({}) }, 256);
  await writeTensors(join(root, TEXT, "model.safetensors"), tableOf(words.graph()));
  const more = Object.entries(conditioners(words.tokenWidth)).map(([name, shape]) => [name, formulaOf(name, shape)] as const);
  await writeTensors(join(root, "model.safetensors"), { ...tableOf(networks(config)), ...Object.fromEntries(more) });
  await writeFile(join(root, "model_config.json"), JSON.stringify(config));
}
