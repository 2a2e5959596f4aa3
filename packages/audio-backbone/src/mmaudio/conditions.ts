/**
 * What MMAudio's flow network is conditioned on (`preprocess_conditions`): CLIP's pictures and words as rows of their own, Synchformer's
 * rows stretched to one for each latent, and the mean of pictures and words. It depends on no latent: a clip has it made once.
 */
import type { GraphValue } from "@foley-control/core";
import { constant, linear, ops, parameter } from "@foley-control/graph";
import { type MmaudioConfig, ROWS_PER_SEGMENT } from "./config.js";
import { rowLayer, selu, swiGlu } from "./layers.js";

/** Rows as the encoders say them. */
export interface MmaudioFeatures {
  /** [batch, clip rows, clipWidth]. */
  readonly clip: GraphValue;
  /** [batch, segments·8, syncWidth]. */
  readonly sync: GraphValue;
  /** [batch, textRows, textWidth]. */
  readonly text: GraphValue;
}

/** What the network reads. */
export interface MmaudioConditions {
  /** [batch, clip rows, width]. */
  readonly clip: GraphValue;
  /** [batch, latents, width]. */
  readonly sync: GraphValue;
  /** [batch, textRows, width]. */
  readonly text: GraphValue;
  /** Mean of the pictures, projected: [batch, width]. */
  readonly clipMean: GraphValue;
  /** Mean of the words, padding included, projected: [batch, width]. */
  readonly textMean: GraphValue;
}

/** Projects features for so many latents. */
export function mmaudioConditions(
  config: MmaudioConfig,
  { clip, sync, text }: MmaudioFeatures,
  latents: number,
): MmaudioConditions {
  const { version, width, syncWidth } = config;
  const [gated, activate] = version === "v2" ? [2, ops.silu] : [1, (x: GraphValue) => x];
  const clipRows = swiGlu(activate(linear(clip, "clip_input_proj.0", width, true)), `clip_input_proj.${gated}`, 3);
  const textRows = swiGlu(activate(linear(text, "text_input_proj.0", width, true)), `text_input_proj.${gated}`, 1);
  const [batch, rows] = sync.shape as readonly [number, number];
  const positions = parameter("sync_pos_emb", [1, 1, ROWS_PER_SEGMENT, syncWidth]);
  const segments = ops.add(ops.reshape(sync, [batch, rows / ROWS_PER_SEGMENT, ROWS_PER_SEGMENT, syncWidth]), positions);
  const placed = ops.reshape(segments, [batch, rows, syncWidth]);
  const syncRows = swiGlu(firstActivation(config)(rowLayer(placed, "sync_input_proj.0", width, 7, true)), "sync_input_proj.2", 3);
  return {
    clip: clipRows,
    sync: stretched(syncRows, latents),
    text: textRows,
    clipMean: linear(ops.mean(clipRows, [1]), "clip_cond_proj", width, true),
    textMean: linear(ops.mean(textRows, [1]), "text_cond_proj", width, true),
  };
}

/** What stands behind the first layer of latents and of Synchformer's rows. */
export const firstActivation = ({ version }: Pick<MmaudioConfig, "version">): ((x: GraphValue) => GraphValue) =>
  version === "v2" ? ops.silu : selu;

/** As many rows as there are latents: each takes the row at its middle. */
function stretched(rows: GraphValue, latents: number): GraphValue {
  const indices = BigInt64Array.from(nearestRows(rows.shape[1] as number, latents), BigInt);
  return ops.gather(rows, constant(indices, [latents], "int64"), 1);
}

/**
 * Which of `have` rows each of `wanted` takes: `nearest-exact`, in float32 with its roundings as PyTorch has them. They decide where a middle falls
 * on an edge between two rows: of the 345 latents of 8 s at 44.1 kHz two do.
 */
export function nearestRows(have: number, wanted: number): readonly number[] {
  const { fround } = Math;
  const scale = fround(have / wanted);
  const place = (row: number) => fround(Math.max(0, fround(scale * (row + 0.5) - 0.5)) + 0.5);
  return Array.from({ length: wanted }, (_, row) => Math.min(have - 1, Math.floor(place(row))));
}

/** The learned rows that stand for what is not there, one row or the whole text. */
export const emptyRows = ({ clipWidth, syncWidth, textWidth, textRows }: MmaudioConfig) => ({
  clip: parameter("empty_clip_feat", [1, clipWidth]),
  sync: parameter("empty_sync_feat", [1, syncWidth]),
  text: parameter("empty_string_feat", [textRows, textWidth]),
});
