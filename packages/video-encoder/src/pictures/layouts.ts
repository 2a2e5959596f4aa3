/** What CLIP, SigLIP and DINOv2 call their parts in transformers, and what each has. */
import { FoleyError, json, type ParameterSource } from "@foley-control/core";
import { countNumbered, shapeOf } from "@foley-control/weights";
import type { PictureLayout, PictureSizes } from "./picture-transformer.js";

/** A network as it is described by the folder that it comes in. */
export interface PictureNetwork {
  /** Its family. */
  readonly family: "clip" | "siglip" | "naflex" | "dinov2" | "dinov3";
  /** What it calls its parts. */
  readonly layout: PictureLayout;
  /** How large they are. */
  readonly sizes: PictureSizes;
}

/** What CLIP and SigLIP have in common. */
const named = {
  block: (index: number) => `vision_model.encoder.layers.${index}`,
  positions: "vision_model.embeddings.position_embedding.weight",
  batched: false,
  parts: {
    norms: ["layer_norm1", "layer_norm2"],
    queries: "self_attn.q_proj",
    keys: "self_attn.k_proj",
    values: "self_attn.v_proj",
    out: "self_attn.out_proj",
    hidden: ["mlp.fc1", "mlp.fc2"],
  },
  filter: { kernel: "bicubic", antialias: false },
} as const;

const CLIP: Omit<PictureLayout, "activation"> = {
  ...named,
  patches: { name: "vision_model.embeddings.patch_embedding", bias: false },
  classToken: "vision_model.embeddings.class_embedding",
  // The letters are those of the release.
  firstNorm: "vision_model.pre_layrnorm",
  epsilon: 1e-5,
  lastNorm: { name: "vision_model.post_layernorm", of: "class" },
  projection: "visual_projection",
};

const SIGLIP: PictureLayout = {
  ...named,
  patches: { name: "vision_model.embeddings.patch_embedding", bias: true },
  activation: "tanh-gelu",
  epsilon: 1e-6,
  lastNorm: { name: "vision_model.post_layernorm", of: "rows" },
  head: "vision_model.head",
};

/** SigLIP 2 that takes pictures of any shape: its patches are flat rows of a matrix, its positions made by an antialiased filter. */
const NAFLEX: PictureLayout = {
  ...SIGLIP,
  patches: { name: "vision_model.embeddings.patch_embedding", bias: true, flat: true },
  filter: { kernel: "bilinear", antialias: true },
};

const DINOV2: PictureLayout = {
  patches: { name: "embeddings.patch_embeddings.projection", bias: true },
  classToken: "embeddings.cls_token",
  positions: "embeddings.position_embeddings",
  batched: true,
  filter: { kernel: "bicubic", antialias: false },
  block: (index) => `encoder.layer.${index}`,
  parts: {
    norms: ["norm1", "norm2"],
    queries: "attention.attention.query",
    keys: "attention.attention.key",
    values: "attention.attention.value",
    out: "attention.output.dense",
    hidden: ["mlp.fc1", "mlp.fc2"],
    scales: ["layer_scale1.lambda1", "layer_scale2.lambda1"],
  },
  activation: "gelu",
  epsilon: 1e-6,
  lastNorm: { name: "layernorm", of: "rows" },
};

/** The parts of DINOv2's largest. */
const SWIGLU: PictureLayout["parts"] = { ...DINOV2.parts, hidden: ["mlp.weights_in", "mlp.weights_out"], gate: "packed" };

const DINOV3: PictureLayout = {
  patches: { name: "embeddings.patch_embeddings", bias: true },
  classToken: "embeddings.cls_token",
  registers: "embeddings.register_tokens",
  batched: true,
  filter: DINOV2.filter,
  block: (index) => `layer.${index}`,
  parts: {
    norms: ["norm1", "norm2"],
    queries: "attention.q_proj",
    keys: "attention.k_proj",
    values: "attention.v_proj",
    out: "attention.o_proj",
    hidden: ["mlp.up_proj", "mlp.down_proj"],
    scales: ["layer_scale1.lambda1", "layer_scale2.lambda1"],
    keyBias: false,
  },
  activation: "gelu",
  epsilon: 1e-5,
  lastNorm: { name: "norm", of: "rows" },
};

/** Families by the `model_type` of a `config.json`. */
const FAMILIES: Readonly<Record<string, PictureNetwork["family"]>> = {
  clip: "clip",
  clip_vision_model: "clip",
  siglip: "siglip",
  siglip_vision_model: "siglip",
  siglip2: "naflex",
  siglip2_vision_model: "naflex",
  dinov2: "dinov2",
  dinov2_with_registers: "dinov2",
  dinov3_vit: "dinov3",
};

/** Whether a `config.json` is of one of them. */
export const isPictureNetwork = (config: unknown): boolean =>
  typeof config === "object" &&
  config !== null &&
  Object.hasOwn(FAMILIES, String((config as { model_type?: unknown }).model_type));

const size = json.whole(1, 65_536);
const network = json.object({
  num_attention_heads: size,
  hidden_act: json.optional(json.text(40)),
  layer_norm_eps: json.optional(json.number(1e-12, 1)),
});
/** What bends, as `hidden_act` says it. */
const ACTIVATIONS: Readonly<Record<string, PictureLayout["activation"]>> = {
  gelu: "gelu",
  gelu_pytorch_tanh: "tanh-gelu",
  quick_gelu: "quick-gelu",
  silu: "silu",
};
/** Prefix of everything that sees, where a tower for text may stand beside it. */
const PREFIX = "vision_model.";

/**
 * Reads what a network is off its `config.json` and its tensors.
 *
 * @throws FoleyError `bad-file` for a configuration of something else, naming the field; `bad-weights` when tensors are missing or do not fit;
 * `unsupported` for members of a family that have other parts
 */
export function readPictureNetwork(config: unknown, weights: ParameterSource): PictureNetwork {
  const said = (config ?? {}) as Readonly<Record<string, unknown>> & { readonly model_type?: string };
  const family = isPictureNetwork(said) ? FAMILIES[said.model_type as string] : undefined;
  const again = { hint: "Give the folder of a CLIP, a SigLIP of fixed size, or a DINOv2 as transformers has them." };
  if (family === undefined)
    throw new FoleyError("bad-file", `config.json says model_type ${JSON.stringify(said.model_type)}.`, again);
  const own = family === "dinov2" || family === "dinov3" ? said : (said.vision_config ?? said);
  const problem = network(own, "");
  if (problem) throw new FoleyError("bad-file", `config.json cannot be read: ${problem}.`, again);
  const {
    num_attention_heads: count,
    hidden_act: act,
    layer_norm_eps: epsilon,
  } = own as { readonly num_attention_heads: number; readonly hidden_act?: string; readonly layer_norm_eps?: number };
  const activation = act === undefined ? undefined : Object.hasOwn(ACTIVATIONS, act) && ACTIVATIONS[act];
  if (activation === false)
    throw new FoleyError("unsupported", `config.json says hidden_act "${act}".`, {
      hint: `Networks with ${Object.keys(ACTIVATIONS).join(", ")} can be read.`,
    });
  const usual: Readonly<Record<PictureNetwork["family"], PictureLayout>> = {
    clip: { ...CLIP, activation: "quick-gelu" },
    siglip: SIGLIP,
    naflex: NAFLEX,
    dinov2: said.use_swiglu_ffn === true ? { ...DINOV2, parts: SWIGLU } : DINOV2,
    dinov3: { ...DINOV3, rotary: rotaryBase(said.rope_theta), parts: dinov3Parts(said.use_gated_mlp === true, weights) },
  };
  const found = usual[family];
  const alone = weights.get(`${found.patches.name}.weight`) === undefined;
  const plain: PictureLayout = {
    ...(alone ? withoutPrefix(found) : found),
    // A gate that is packed is SiLU, whatever else the file says.
    activation: found.parts.gate === "packed" ? "silu" : (activation ?? found.activation),
    epsilon: epsilon ?? found.epsilon,
  };
  const registers = "embeddings.register_tokens";
  const layout: PictureLayout =
    family !== "dinov2" || weights.get(registers) === undefined
      ? plain
      : { ...plain, registers, filter: { kernel: "bicubic", antialias: true } };
  return { family, layout, sizes: sizesOf(layout, weights, count, family) };
}

/** A tower that was saved alone, without the prefix. */
function withoutPrefix(layout: PictureLayout): PictureLayout {
  const bare = (name: string): string => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name);
  const maybe = (name: string | undefined): string | undefined => name && bare(name);
  return {
    ...layout,
    patches: { ...layout.patches, name: bare(layout.patches.name) },
    positions: maybe(layout.positions),
    classToken: maybe(layout.classToken),
    firstNorm: maybe(layout.firstNorm),
    block: (index) => bare(layout.block(index)),
    lastNorm: { ...layout.lastNorm, name: bare(layout.lastNorm.name) },
    head: maybe(layout.head),
  };
}

/** DINOv3's parts, of which the largest have a gate, and others a bias that these lack. */
const dinov3Parts = (gated: boolean, weights: ParameterSource): PictureLayout["parts"] => ({
  ...DINOV3.parts,
  ...(gated && { gate: "mlp.gate_proj" }),
  keyBias: weights.get(`${DINOV3.block(0)}.${DINOV3.parts.keys}.bias`) !== undefined,
});

/** Base of DINOv3's frequencies. */
const rotaryBase = (said: unknown): number => (typeof said === "number" && said > 1 && Number.isFinite(said) ? said : 100);

function sizesOf(layout: PictureLayout, weights: ParameterSource, count: number, family: string): PictureSizes {
  const file = { title: family, file: "model.safetensors" };
  const kernel = shapeOf(weights, `${layout.patches.name}.weight`, layout.patches.flat ? 2 : 4, file);
  const width = kernel[0] as number;
  const patch = layout.patches.flat ? Math.sqrt((kernel[1] as number) / 3) : (kernel[2] as number);
  const rows =
    layout.positions === undefined
      ? undefined
      : (shapeOf(weights, layout.positions, layout.batched ? 3 : 2, file).at(-2) as number);
  const side = rows === undefined ? 0 : Math.sqrt(rows - (layout.classToken === undefined ? 0 : 1));
  if (!Number.isInteger(side) || !Number.isInteger(patch) || width % count !== 0)
    throw new FoleyError("bad-weights", `${rows} positions and ${count} heads of ${width} channels are no picture network.`, {
      hint: "Download config.json and model.safetensors again.",
    });
  return {
    width,
    patch,
    side,
    heads: count,
    depth: countNumbered(weights, layout.block(0).replace(/0$/, "")),
    hidden: shapeOf(weights, `${layout.block(0)}.${layout.parts.hidden[0]}.weight`, 2, file)[0] as number,
    registers: layout.registers === undefined ? 0 : (shapeOf(weights, layout.registers, 3, file)[1] as number),
    projected:
      layout.projection === undefined ? undefined : (weights.get(`${layout.projection}.weight`)?.shape[0] as number | undefined),
  };
}
