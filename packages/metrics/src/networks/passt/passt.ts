/**
 * PaSST-S (Koutini et al. 2022, "Efficient training of audio transformers with patchout"): a vision transformer over a mel spectrogram of
 * 10 s. Its features serve FD-PaSST, its logits KL-PaSST and ISC-PaSST. Parameter names are those of the release (kkoutini/PaSST).
 */
import { FoleyError, type Graph, type GraphValue, type ParameterSource } from "@foley-control/core";
import {
  attention,
  feedForward,
  graph,
  input,
  layerNorm,
  linear,
  named,
  ops,
  parameter,
  queryKeyValue,
} from "@foley-control/graph";
import { countNumbered, shapeOf } from "@foley-control/weights";
import type { MetricNetwork, NetworkHeads, NetworkSizes } from "../network.js";
import { checkWeights, headsOf, type TransformerSizes } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";

/** The weights that av-benchmark reads. */
export const PASST_RELEASE: NetworkRelease = {
  title: "PaSST-S",
  file: "passt-s-f128-p16-s10-ap.476-swa.pt",
  url: "https://github.com/kkoutini/PaSST/releases/download/v0.0.1-audioset/passt-s-f128-p16-s10-ap.476-swa.pt",
  page: "https://github.com/kkoutini/PaSST",
  licence: "Apache-2.0 (repository)",
  nonCommercial: false,
  checkpoint: {},
};

/** Mel bands, and frames of the 10 s that the benchmark shows. */
const PASST_INPUT = { bands: 128, frames: 1000 } as const;
/** Pixels between patches of 16×16. */
const STRIDE = 10;
/** Epsilon of the norms of the blocks; that of the classifier is PyTorch's own. */
const EPSILON = 1e-6;

/** Sizes of the network. */
interface PasstConfig extends TransformerSizes {
  readonly patch: number;
  readonly classes: number;
  /** Rows and columns of patches. */
  readonly grid: readonly [number, number];
}

/**
 * PaSST-S from its weights. Graph: `mel` [batch, 1, 128, frames], as `passtMel` gives it, 1000 frames unless told otherwise → `features` [batch, 768], the mean of the two class
 * tokens, `logits` [batch, 527] of the AudioSet classes. Of shorter sounds the first places in time are taken, of longer ones the rest
 * is not seen.
 *
 * @param weights - `passt-s-f128-p16-s10-ap.476-swa.pt`, opened as its release says
 * @param heads - heads of each block. Default: one per 64 channels, as released
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function passt(weights: ParameterSource, heads: NetworkHeads = {}): MetricNetwork {
  const [width, , patch] = shapeOf(weights, "patch_embed.proj.weight", 4, PASST_RELEASE) as readonly [number, number, number];
  const config: PasstConfig = {
    width,
    patch,
    depth: countNumbered(weights, "blocks."),
    heads: headsOf(width, heads.sound),
    hidden: shapeOf(weights, "blocks.0.mlp.fc1.weight", 2, PASST_RELEASE)[0] as number,
    classes: shapeOf(weights, "head.1.weight", 2, PASST_RELEASE)[0] as number,
    grid: [
      shapeOf(weights, "freq_new_pos_embed", 4, PASST_RELEASE)[2] as number,
      shapeOf(weights, "time_new_pos_embed", 4, PASST_RELEASE)[3] as number,
    ],
  };
  const made = ({ batch = 1, frames = PASST_INPUT.frames }: NetworkSizes): Graph => {
    const mel = input("mel", [batch, 1, PASST_INPUT.bands, frames]);
    return graph("passt", [mel], transformer(mel, config));
  };
  // Only training reads the second token's own classifier.
  checkWeights(weights, made({}), PASST_RELEASE, /^head_dist\./);
  return { id: `passt-s-${config.depth}x${width}`, weights, graph: made };
}

function transformer(mel: GraphValue, config: PasstConfig) {
  const { width, depth, patch, classes } = config;
  const batch = mel.shape[0] as number;
  const [rows, places] = config.grid;
  const columns = Math.min(places, Math.floor(((mel.shape[3] as number) - patch) / STRIDE) + 1);
  if (columns < 1) {
    throw new FoleyError("shape-mismatch", `The sound has ${mel.shape[3]} frames; PaSST needs at least ${patch}.`, {
      hint: "Put zeros behind it, as the benchmark does.",
    });
  }
  const first = (value: GraphValue): GraphValue => (value.shape[3] === columns ? value : ops.slice(value, 3, 0, columns));
  const weight = parameter("patch_embed.proj.weight", [width, 1, patch, patch]);
  const patches = named(
    ops.convolution(mel, weight, { stride: STRIDE, bias: parameter("patch_embed.proj.bias", [width]) }),
    "patch_embed",
  );
  const frequency = parameter("freq_new_pos_embed", [1, width, rows, 1]);
  const placed = ops.add(ops.add(first(patches), first(parameter("time_new_pos_embed", [1, width, 1, places]))), frequency);
  const tokens = ops.transpose(ops.reshape(placed, [batch, width, rows * columns]), [0, 2, 1]);
  const classTokens = ops.add(
    ops.concat([parameter("cls_token", [1, 1, width]), parameter("dist_token", [1, 1, width])], 1),
    parameter("new_pos_embed", [1, 2, width]),
  );
  let x = ops.concat([ops.expand(classTokens, [batch, 2, width]), tokens], 1);
  for (let block = 0; block < depth; block++) x = named(transformerBlock(x, `blocks.${block}`, config), `blocks.${block}`);
  x = named(layerNorm(x, "norm.weight", "norm.bias", EPSILON), "norm");
  const features = ops.mean(ops.slice(x, 1, 0, 2), [1]);
  const logits = linear(layerNorm(features, "head.0.weight", "head.0.bias"), "head.1", classes, true);
  return { features, logits };
}

function transformerBlock(x: GraphValue, name: string, { width, heads, hidden }: PasstConfig): GraphValue {
  const norm = (value: GraphValue, which: string) =>
    layerNorm(value, `${name}.${which}.weight`, `${name}.${which}.bias`, EPSILON);
  const [q, k, v] = queryKeyValue(norm(x, "norm1"), `${name}.attn.qkv`, width, true);
  const seen = ops.add(x, linear(attention(q, k, v, { heads }), `${name}.attn.proj`, width, true));
  return ops.add(seen, feedForward(norm(seen, "norm2"), [`${name}.mlp.fc1`, `${name}.mlp.fc2`], hidden));
}
