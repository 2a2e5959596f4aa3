/** A CLIP as open_clip releases it: its files, and what `open_clip_config.json` says that tensors do not. Both towers are in one file, and are read by different packages. */
import { FoleyError, json } from "@foley-control/core";

/** Names of its files. Weights: the first that is there. */
export const OPEN_CLIP_FILES = {
  config: "open_clip_config.json",
  weights: ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"],
} as const;

/** The fields that are read. */
export interface OpenClipConfig {
  /** What bends in both towers. */
  readonly activation: "quick-gelu" | "gelu";
  /** Channels of a head of the image tower. */
  readonly headWidth: number;
  /** Heads of the text tower; `undefined` where that is a network of another make. */
  readonly textHeads: number | undefined;
  /** Mean and deviation of the colours; `undefined` where nothing is said. */
  readonly normalisation: { readonly mean: Colours; readonly std: Colours } | undefined;
}

/** A number for each of red, green and blue. */
type Colours = readonly [red: number, green: number, blue: number];

/** Channels of a head of the image tower when nothing is said. */
const HEAD_WIDTH = 64;

/** Heads of the text tower when nothing is said. */
const TEXT_HEADS = 8;

const size = json.whole(1, 4096);
/** One for each of three colours. */
const colours = (least: number) =>
  json.optional(
    (value, path) =>
      json.list(json.number(least, 10), 3)(value, path) ??
      ((value as readonly unknown[]).length === 3 ? undefined : `"${path}" is not of three colours`),
  );
const fields = json.object({
  model_cfg: json.object({
    vision_cfg: json.object({ head_width: json.optional(size) }),
    text_cfg: json.optional(json.object({ heads: json.optional(size) })),
  }),
  preprocess_cfg: json.optional(json.object({ mean: colours(-10), std: colours(1e-6) })),
});

/** What makes another network of a tower, and what it is in those that are known; no tensor would tell. */
const PLAIN: Readonly<Record<"vision_cfg" | "text_cfg", Readonly<Record<string, unknown>>>> = {
  vision_cfg: {
    ls_init_value: null,
    attentional_pool: false,
    no_ln_pre: false,
    final_ln_after_pool: false,
    pool_type: "tok",
    pos_embed_type: "learnable",
    timm_model_name: null,
  },
  text_cfg: { ls_init_value: null, embed_cls: false, no_causal_mask: false },
};
/** The same for both. */
const PLAIN_BLOCKS = {
  act_kwargs: null,
  norm_kwargs: null,
  block_type: null,
  qk_norm: false,
  scaled_cosine_attn: false,
  scale_heads: false,
  scale_attn_inner: false,
  scale_attn: false,
  scale_fc: false,
};

/** The first field by which a tower is another network. */
function other(model: Readonly<Record<string, unknown>>): string | undefined {
  for (const [tower, plain] of Object.entries(PLAIN)) {
    const said = (model[tower] ?? {}) as Readonly<Record<string, unknown>>;
    // A text tower of another make is not read.
    if (tower === "text_cfg" && typeof said["hf_model_name"] === "string") continue;
    for (const [field, known] of Object.entries({ ...plain, ...PLAIN_BLOCKS })) {
      const value = said[field];
      if (value !== undefined && value !== null && value !== known)
        return `model_cfg.${tower}.${field} is ${JSON.stringify(value).slice(0, 60)}; only towers with ${JSON.stringify(known)} are known`;
    }
  }
  return undefined;
}

/**
 * Reads the configuration.
 *
 * @param value - parsed JSON
 * @throws FoleyError `bad-file` naming the field
 */
export function readOpenClipConfig(value: unknown): OpenClipConfig {
  const problem = fields(value, "");
  if (problem)
    throw new FoleyError("bad-file", `open_clip_config.json cannot be read: ${problem}.`, { hint: "Download it again." });
  const { model_cfg: said, preprocess_cfg: pixels } = value as {
    readonly model_cfg: {
      readonly quick_gelu?: unknown;
      readonly vision_cfg: { readonly head_width?: number };
      readonly text_cfg?: { readonly heads?: number; readonly hf_model_name?: unknown };
    };
    readonly preprocess_cfg?: { readonly mean?: Colours; readonly std?: Colours };
  };
  const different = other(said);
  if (different !== undefined)
    throw new FoleyError("bad-file", `open_clip_config.json: ${different}.`, {
      hint: "Give a CLIP whose towers are plain ViTs.",
    });
  const { text_cfg: text } = said;
  return {
    activation: said.quick_gelu === true ? "quick-gelu" : "gelu",
    headWidth: said.vision_cfg.head_width ?? HEAD_WIDTH,
    textHeads: text === undefined || typeof text.hf_model_name === "string" ? undefined : (text.heads ?? TEXT_HEADS),
    normalisation: pixels?.mean?.length === 3 && pixels.std?.length === 3 ? { mean: pixels.mean, std: pixels.std } : undefined,
  };
}
