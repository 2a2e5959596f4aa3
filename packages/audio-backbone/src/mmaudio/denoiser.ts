/**
 * MMAudio's flow network as the denoiser of a backbone, and the graph that makes its conditions. It has no site for a bridge: it sees the
 * picture itself. Its time runs from noise to sound and its prediction points there; both are turned round in the graph.
 */
import type { ClipSize, Denoiser, Graph, GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { emptyRows, mmaudioConditions } from "./conditions.js";
import type { MmaudioConfig } from "./config.js";
import { mmaudioFlow } from "./flow-network.js";

/** How many rows of pictures clips of a size have. */
export interface PictureRows {
  /** Rows of CLIP, also where learned ones stand in for them. */
  clip(size: ClipSize): number;
  /** Rows of Synchformer. */
  sync(size: ClipSize): number;
}

/**
 * Graph: `tokens` [batch, textRows, textWidth], `clip` and `sync` [batch, rows, width], `textKept` and `videoKept` [batch] → what the denoiser
 * reads. Learned rows take the place of what is not kept.
 *
 * @param options - `seesClip`: whether CLIP's pictures are read; else their learned rows stand in
 */
export function mmaudioConditionGraph(
  config: MmaudioConfig,
  { batch = 1, ...size }: ClipSize & { readonly batch?: number },
  { rows, seesClip }: { readonly rows: PictureRows; readonly seesClip: boolean },
): Graph {
  const tokens = input("tokens", [batch, config.textRows, config.textWidth]);
  const sync = input("sync", [batch, rows.sync(size), config.syncWidth]);
  const clipShape = [batch, rows.clip(size), config.clipWidth] as const;
  const clip = seesClip ? input("clip", clipShape) : undefined;
  const [textKept, videoKept] = [input("textKept", [batch]), input("videoKept", [batch])];
  const empty = emptyRows(config);
  const chosen = (given: GraphValue, kept: GraphValue, otherwise: GraphValue): GraphValue => {
    const share = ops.reshape(kept, [batch, 1, 1]);
    return ops.add(ops.multiply(given, share), ops.multiply(ops.expand(otherwise, given.shape), ops.subtract(1, share)));
  };
  const features = {
    text: chosen(tokens, textKept, empty.text),
    sync: chosen(sync, videoKept, empty.sync),
    clip: clip ? chosen(clip, videoKept, empty.clip) : ops.expand(empty.clip, clipShape),
  };
  const conditions = mmaudioConditions(config, features, size.frames);
  return graph("condition", [tokens, ...(clip ? [clip] : []), sync, textKept, videoKept], {
    clipRows: conditions.clip,
    syncRows: conditions.sync,
    textRows: conditions.text,
    clipMean: conditions.clipMean,
    textMean: conditions.textMean,
  });
}

/** The denoiser. */
export function mmaudioDenoiser(
  config: MmaudioConfig,
  { id, weights, rows }: { readonly id: string; readonly weights: ParameterSource; readonly rows: PictureRows },
): Denoiser {
  const { width, latentChannels, textRows } = config;
  return {
    specificationVersion: "v1",
    kind: "denoiser",
    id,
    prediction: "flow",
    latentChannels,
    blocks: 0,
    weights,
    sites: () => [],
    graph({ batch = 1, extraInputs = [], ...size }) {
      const latents = input("latents", [batch, latentChannels, size.frames]);
      const time = input("time", [batch]);
      const conditions = {
        clip: input("clipRows", [batch, rows.clip(size), width]),
        sync: input("syncRows", [batch, size.frames, width]),
        text: input("textRows", [batch, textRows, width]),
        clipMean: input("clipMean", [batch, width]),
        textMean: input("textMean", [batch, width]),
      };
      const state = { latents: ops.transpose(latents, [0, 2, 1]), time: ops.subtract(1, time) };
      const prediction = ops.negate(ops.transpose(mmaudioFlow(config, state, conditions), [0, 2, 1]));
      return graph("denoiser", [latents, time, ...Object.values(conditions), ...extraInputs], { prediction });
    },
  };
}
