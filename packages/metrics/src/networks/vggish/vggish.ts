/**
 * VGGish (Hershey et al. 2017, "CNN architectures for large-scale audio classification"), as av-benchmark uses it for FD-VGG: the
 * convolutions and three linear layers of harritaylor/torchvggish, without the last ReLU and without principal components. Parameter names
 * are those of the release.
 */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input, linear, named, ops, parameter } from "@foley-control/graph";
import { shapeOf } from "@foley-control/weights";
import type { MetricNetwork, NetworkSizes } from "../network.js";
import { checkWeights } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";

/** The weights that av-benchmark reads. */
export const VGGISH_RELEASE: NetworkRelease = {
  title: "VGGish",
  file: "vggish-10086976.pth",
  url: "https://github.com/harritaylor/torchvggish/releases/download/v0.1/vggish-10086976.pth",
  page: "https://github.com/harritaylor/torchvggish",
  licence: "Apache-2.0 (repository)",
  nonCommercial: false,
  checkpoint: {},
};

/** Places of the convolutions in the release's sequence; "pool" halves both axes. */
const LAYERS = [0, "pool", 3, "pool", 6, 8, "pool", 11, 13, "pool"] as const;
/** Frames and mel bands of one example: 0.96 s. */
export const VGGISH_EXAMPLE = { frames: 96, bands: 64 } as const;

/**
 * VGGish from its weights. Graph: `mel` [batch, 1, 96, 64], examples of 0.96 s as `vggishMel` gives them → `embedding`
 * [batch, 128].
 *
 * @param weights - `vggish-10086976.pth`, opened as its release says
 * @throws FoleyError `bad-weights` when these are other weights
 */
export function vggish(weights: ParameterSource): MetricNetwork {
  const channels = LAYERS.flatMap((layer) =>
    layer === "pool" ? [] : [shapeOf(weights, `features.${layer}.weight`, 4, VGGISH_RELEASE)[0] as number],
  );
  const widths = [0, 2, 4].map((layer) => shapeOf(weights, `embeddings.${layer}.weight`, 2, VGGISH_RELEASE)[0] as number);
  const { frames, bands } = VGGISH_EXAMPLE;
  const made = ({ batch = 1 }: NetworkSizes) => {
    const mel = input("mel", [batch, 1, frames, bands]);
    return graph("vggish", [mel], { embedding: embed(mel, channels, widths) });
  };
  // Tensors of the post-processing come with some copies of the release; av-benchmark leaves it out.
  checkWeights(weights, made({}), VGGISH_RELEASE, /^pproc\./);
  return { id: `vggish-${widths.at(-1)}`, weights, graph: made };
}

function embed(mel: GraphValue, channels: readonly number[], widths: readonly number[]): GraphValue {
  let x = mel;
  const rest = [...channels];
  for (const layer of LAYERS) {
    if (layer === "pool") {
      x = ops.maxPool(x, 2);
      continue;
    }
    const name = `features.${layer}`;
    const [from, to] = [x.shape[1] as number, rest.shift() as number];
    const bias = parameter(`${name}.bias`, [to]);
    x = ops.relu(ops.convolution(x, parameter(`${name}.weight`, [to, from, 3, 3]), { bias, padding: 1 }));
  }
  x = named(x, "features");
  // The original network was TensorFlow's: channels last.
  x = ops.reshape(ops.transpose(x, [0, 2, 3, 1]), [x.shape[0] as number, -1]);
  const [first, second, last] = widths as readonly [number, number, number];
  x = ops.relu(linear(x, "embeddings.0", first, true));
  x = ops.relu(linear(x, "embeddings.2", second, true));
  return linear(x, "embeddings.4", last, true);
}
