/**
 * CNN14 of PANNs (Kong et al. 2020, "PANNs: Large-scale pretrained audio neural networks for audio pattern recognition"), the one for
 * 16 kHz: twelve convolutions and two linear layers. Its features serve FD-PANNs, its logits KL-PANNs and ISC-PANNs. Parameter names are
 * those of the release (qiuqiangkong/audioset_tagging_cnn).
 */
import type { Graph, GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input, linear, named, ops, parameter } from "@foley-control/graph";
import { countNumbered, shapeOf } from "@foley-control/weights";
import { batchNormLast, normalisedConvolution } from "../batch-norm.js";
import type { MetricNetwork, NetworkSizes } from "../network.js";
import { checkWeights } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";

/** The weights that av-benchmark reads. */
export const PANNS_RELEASE: NetworkRelease = {
  title: "PANNs CNN14 for 16 kHz",
  file: "Cnn14_16k_mAP=0.438.pth",
  url: "https://zenodo.org/records/3987831/files/Cnn14_16k_mAP%3D0.438.pth",
  page: "https://zenodo.org/records/3987831",
  licence: "CC-BY-4.0",
  nonCommercial: false,
  checkpoint: { at: "model" },
};

/** Mel bands. */
const BANDS = 64;
/** Constants of the front-end, which the release holds too, and counters of training. */
const UNREAD = /^(spectrogram_extractor|logmel_extractor)\.|\.num_batches_tracked$/;

/** Frames of 10 s; 8 s have 801, and 32 are the fewest. */
const FRAMES = 1001;

/**
 * CNN14 from its weights. Graph: `mel` [batch, 1, frames, 64], decibels as `decibelMel` gives them → `features` [batch, 2048] behind a ReLU,
 * `logits` [batch, 527] of the AudioSet classes, before the sigmoid. Features depend on the length of a sound: compare equal lengths only.
 *
 * @param weights - `Cnn14_16k_mAP=0.438.pth`, opened as its release says
 * @throws FoleyError `bad-weights` when these are other weights; `shape-mismatch` from `graph` for sounds that are too short to be halved
 * five times
 */
export function panns(weights: ParameterSource): MetricNetwork {
  const channels = Array.from(
    { length: countNumbered(weights, "conv_block") },
    (_, i) => shapeOf(weights, `conv_block${i + 1}.conv1.weight`, 4, PANNS_RELEASE)[0] as number,
  );
  const [classes, width] = shapeOf(weights, "fc_audioset.weight", 2, PANNS_RELEASE) as readonly [number, number];
  const made = ({ frames = FRAMES, batch = 1 }: NetworkSizes): Graph => {
    const mel = input("mel", [batch, 1, frames, BANDS]);
    return graph("panns", [mel], cnn14(mel, channels, width, classes));
  };
  checkWeights(weights, made({ frames: 2 ** channels.length }), PANNS_RELEASE, UNREAD);
  return { id: `panns-cnn14-16k-${width}`, weights, graph: made };
}

function cnn14(mel: GraphValue, channels: readonly number[], width: number, classes: number) {
  let x = named(batchNormLast(mel, "bn0"), "bn0");
  for (const [i, to] of channels.entries()) {
    const name = `conv_block${i + 1}`;
    for (const layer of [1, 2]) {
      const weight = parameter(`${name}.conv${layer}.weight`, [to, x.shape[1] as number, 3, 3]);
      x = ops.relu(normalisedConvolution(x, weight, `${name}.bn${layer}`, { padding: 1 }));
    }
    x = named(i < channels.length - 1 ? ops.averagePool(x, 2) : x, name);
  }
  x = ops.mean(x, [3]);
  x = ops.add(ops.reduceMax(x, [2]), ops.mean(x, [2]));
  const features = ops.relu(linear(x, "fc1", width, true));
  return { features, logits: linear(features, "fc_audioset", classes, true) };
}
