/** SigLIP 2 B/16 at 224 pixels, the half that sees, with weights made by a formula (0.4 GB), for measurements where the real weights cannot be had. */
import { existsSync, mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shape } from "@foley-control/core";
import { writeTensors } from "./release.js";

/** What the release's `config.json` says. */
const VISION = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  image_size: 224,
  patch_size: 16,
  hidden_act: "gelu_pytorch_tanh",
  layer_norm_eps: 1e-6,
  num_channels: 3,
  model_type: "siglip_vision_model",
};

/** Every tensor's shape under the names of transformers. */
function shapes(): Readonly<Record<string, Shape>> {
  const { hidden_size: width, intermediate_size: hidden, patch_size: patch, image_size: size } = VISION;
  const layer = (name: string, out: number, from: number) => ({ [`${name}.weight`]: [out, from], [`${name}.bias`]: [out] });
  const norm = (name: string) => ({ [`${name}.weight`]: [width], [`${name}.bias`]: [width] });
  const mlp = (name: string) => ({ ...layer(`${name}.fc1`, hidden, width), ...layer(`${name}.fc2`, width, hidden) });
  const blocks = Array.from({ length: VISION.num_hidden_layers }, (_, block) => {
    const name = `vision_model.encoder.layers.${block}`;
    const parts = ["q_proj", "k_proj", "v_proj", "out_proj"].map((part) => layer(`${name}.self_attn.${part}`, width, width));
    return Object.assign({}, ...parts, norm(`${name}.layer_norm1`), norm(`${name}.layer_norm2`), mlp(`${name}.mlp`));
  });
  return {
    "vision_model.embeddings.patch_embedding.weight": [width, 3, patch, patch],
    "vision_model.embeddings.patch_embedding.bias": [width],
    "vision_model.embeddings.position_embedding.weight": [(size / patch) ** 2, width],
    ...Object.assign({}, ...blocks),
    ...norm("vision_model.post_layernorm"),
    "vision_model.head.probe": [1, 1, width],
    "vision_model.head.attention.in_proj_weight": [3 * width, width],
    "vision_model.head.attention.in_proj_bias": [3 * width],
    ...layer("vision_model.head.attention.out_proj", width, width),
    ...norm("vision_model.head.layernorm"),
    ...mlp("vision_model.head.mlp"),
  };
}

/** Norms about 1, matrices of about unit gain, all else small. */
function formulaOf(name: string, shape: Shape) {
  if (/norm\d?\.weight$/u.test(name)) return { shape, amp: 0.1, offset: 1 };
  const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
  return { shape, amp: shape.length < 2 || inputs < 2 ? 0.05 : Math.fround(Math.sqrt(3 / inputs)), offset: 0 };
}

/** Writes the release into `root`, unless it is there. */
export async function ensureSiglip2(root: string): Promise<void> {
  if (existsSync(join(root, "config.json"))) return;
  mkdirSync(root, { recursive: true });
  process.stderr.write("writing SigLIP 2 B/16 with weights made by a formula …\n");
  const table = Object.fromEntries(Object.entries(shapes()).map(([name, shape]) => [name, formulaOf(name, shape)] as const));
  await writeTensors(join(root, "model.safetensors"), table);
  await writeFile(join(root, "config.json"), JSON.stringify({ model_type: "siglip", vision_config: VISION }));
}
