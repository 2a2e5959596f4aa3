/**
 * Releases at their real size with weights made by a formula, for measurements where the real weights cannot be had. The
 * golden cases define the formula, and have two blocks of every network at its real width; these files have them all.
 */
import { existsSync, mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Formula } from "@foley-control/golden";
import { goldenJson, goldenModel, writeFormulaWeights } from "@foley-control/golden/node";

const note = (text: string) => process.stderr.write(`${text}\n`);
// biome-ignore lint/suspicious/noExplicitAny: files of many kinds.
const json = (name: string) => goldenJson<any>(name);
type Table = Record<string, Formula>;

/** The golden cases have two blocks at real width; block 1 stands for all that follow. */
function deepened(table: Table, pattern: (block: number) => string, depth: number): Table {
  const made: Table = { ...table };
  for (const [name, entry] of Object.entries(table)) {
    if (!name.includes(pattern(1))) continue;
    for (let block = 2; block < depth; block++) made[name.replace(pattern(1), pattern(block))] = entry;
  }
  return made;
}

/** Blocks of the transformer of the release. */
const DEPTH = 24;

/** Every tensor of the release: all blocks, both halves of the autoencoder, the two conditioners. */
export function releaseTable(depth: number = DEPTH): Readonly<Record<string, Formula>> {
  const transformer = deepened(json("sao/sao-real-block.json").weights, (block) => `.layers.${block}.`, depth);
  const autoencoder = { ...json("sao/oobleck-real-encoder.json").weights, ...json("sao/oobleck-real-decoder.json").weights };
  const conditioners = Object.entries(goldenModel("sao/sao-tiny").weights as Table).flatMap(([name, entry]) =>
    name.startsWith("conditioner.")
      ? [[name, name.endsWith(".weights") ? entry : { ...entry, shape: [768, ...entry.shape.slice(1)] }] as const]
      : [],
  );
  return { ...transformer, ...autoencoder, ...Object.fromEntries(conditioners) };
}

/** `model_config.json` of the tiny model with the sizes of the release. */
export function releaseConfig(depth: number = DEPTH): unknown {
  const config = json("sao/sao-tiny/model_config.json");
  config.sample_size = 2_097_152;
  const { pretransform, conditioning, diffusion } = config.model;
  config.model.io_channels = 64;
  Object.assign(pretransform.config.encoder.config, { channels: 128, latent_dim: 128 });
  Object.assign(pretransform.config.decoder.config, { channels: 128, latent_dim: 64 });
  pretransform.config.latent_dim = 64;
  conditioning.cond_dim = 768;
  const { io_channels, embed_dim, num_heads, cond_token_dim, global_cond_dim, project_cond_tokens } =
    json("sao/sao-real-block.json").config;
  Object.assign(diffusion.config, {
    io_channels,
    embed_dim,
    depth,
    num_heads,
    cond_token_dim,
    global_cond_dim,
    project_cond_tokens,
  });
  return config;
}

/** T5-base, with the tokeniser of the tiny model. */
export function releaseText() {
  const { config, weights } = json("sao/t5-base-width.json");
  const { ids: _ids, realTokens: _real, ...sizes } = config;
  const layers = 12;
  return {
    config: { ...sizes, num_layers: layers },
    tokenizer: json("sao/sao-tiny/t5-tiny/tokenizer.json"),
    table: deepened(weights, (block) => `.block.${block}.`, layers),
  };
}

/** One tensor in memory at a time; written beside, then renamed. */
export const writeTensors = (path: string, table: Readonly<Record<string, Formula>>): Promise<void> =>
  writeFormulaWeights(path, table, { caseSeed: 1 });

/** Writes Stable Audio Open 1.0 (4.85 GB) and its T5 (0.4 GB) into `root`, unless it is there. */
export async function ensureStableAudio(root: string): Promise<void> {
  if (existsSync(join(root, "model_config.json"))) return;
  const folder = join(root, "t5-base");
  mkdirSync(folder, { recursive: true });
  note("writing Stable Audio Open 1.0 with weights made by a formula …");
  const { config, tokenizer, table } = releaseText();
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  await writeTensors(join(folder, "model.safetensors"), table);
  await writeTensors(join(root, "model.safetensors"), releaseTable());
  await writeFile(join(root, "model_config.json"), JSON.stringify(releaseConfig()));
}

/** Writes the encoder of V-JEPA 2 ViT-L (1.2 GB) in the Hugging Face layout into `root`, unless it is there. */
export async function ensureVjepa2(root: string): Promise<void> {
  if (existsSync(join(root, "config.json"))) return;
  mkdirSync(root, { recursive: true });
  note("writing V-JEPA 2 ViT-L with weights made by a formula …");
  const { config, weights } = json("vjepa2/vjepa2-l-block.json");
  const layers = 24;
  await writeTensors(
    join(root, "model.safetensors"),
    deepened(weights, (block) => `.layer.${block}.`, layers),
  );
  const release = {
    model_type: "vjepa2",
    architectures: ["VJEPA2Model"],
    hidden_size: config.hiddenSize,
    num_attention_heads: config.heads,
    num_hidden_layers: layers,
    mlp_ratio: config.mlpRatio,
    crop_size: config.px[0],
    frames_per_clip: 64,
    patch_size: 16,
    tubelet_size: 2,
    layer_norm_eps: config.layerNormEps,
  };
  await writeFile(join(root, "config.json"), JSON.stringify(release));
}
