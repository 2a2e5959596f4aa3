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
}

/** Channels of a head of the image tower when nothing is said. */
const HEAD_WIDTH = 64;

const size = json.whole(1, 4096);
const fields = json.object({
  model_cfg: json.object({
    vision_cfg: json.object({ head_width: json.optional(size) }),
    text_cfg: json.optional(json.object({ heads: json.optional(size) })),
  }),
});

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
  const { model_cfg: said } = value as {
    readonly model_cfg: {
      readonly quick_gelu?: unknown;
      readonly vision_cfg: { readonly head_width?: number };
      readonly text_cfg?: { readonly heads?: number };
    };
  };
  return {
    activation: said.quick_gelu === true ? "quick-gelu" : "gelu",
    headWidth: said.vision_cfg.head_width ?? HEAD_WIDTH,
    textHeads: said.text_cfg?.heads,
  };
}
