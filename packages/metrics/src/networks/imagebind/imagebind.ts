/**
 * ImageBind-huge (Girdhar et al. 2023, arXiv 2305.05665) as av-benchmark uses it for the IB score: one embedding space for picture and
 * sound. Parameter names are those of the release (facebookresearch/ImageBind); the other four senses in its file are not read.
 */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input, layerNorm, named, ops, parameter } from "@foley-control/graph";
import { tubelets } from "@foley-control/video-encoder";
import { countNumbered, shapeOf } from "@foley-control/weights";
import type { MetricNetwork, NetworkHeads, NetworkSizes } from "../network.js";
import { checkWeights, headsOf } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";
import { imagebindTrunk, type TrunkConfig } from "./trunk.js";

/** The weights that av-benchmark reads: 4.8 GB, of which picture and sound are 2.9 GB. For non-commercial use only. */
export const IMAGEBIND_RELEASE: NetworkRelease = {
  title: "ImageBind-huge",
  file: "imagebind_huge.pth",
  url: "https://dl.fbaipublicfiles.com/imagebind/imagebind_huge.pth",
  page: "https://github.com/facebookresearch/ImageBind",
  licence: "CC-BY-NC-SA 4.0",
  nonCommercial: true,
  checkpoint: {},
};

/** What the trunks take of one clip: two frames of 224×224, mel bands and frames of 2 s. */
export const IMAGEBIND_INPUT = { frames: 2, size: 224, bands: 128, melFrames: 204 } as const;

/** Bands, or frames, from one patch of the spectrogram to the next: patches of 16 overlap by 6. */
const STRIDE = 10;
/** The largest factor that a learnt scale may become. */
const LARGEST_SCALE = 100;

/** Both networks. The embedding of a video or sound is the mean over its clips, not brought to length 1 again. */
export interface Imagebind {
  /** Graph: `pixels` [batch, 2, 3, 224, 224], normalised → `embedding` [batch, 1024] of length 1. */
  readonly vision: MetricNetwork;
  /** Graph: `mel` [batch, 1, 128, 204], normalised log-mel of 2 s → `embedding` [batch, 1024] of length 20. */
  readonly audio: MetricNetwork;
}

/**
 * ImageBind from its weights. They are for non-commercial use only: show their licence before the first use, and
 * use the network only when it was asked for by name.
 *
 * @param weights - `imagebind_huge.pth`, opened as its release says
 * @param heads - default: one per 80 channels for pictures, one per 64 for sound, as released
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function imagebind(weights: ParameterSource, heads: NetworkHeads = {}): Imagebind {
  const shape = (name: string, rank: number) => shapeOf(weights, name, rank, IMAGEBIND_RELEASE);
  const { frames, size, bands, melFrames } = IMAGEBIND_INPUT;
  const trunk = (sense: string, width: number, found: number): TrunkConfig => ({
    sense,
    width,
    depth: countNumbered(weights, `modality_trunks.${sense}.blocks.`),
    heads: found,
    hidden: shape(`modality_trunks.${sense}.blocks.0.mlp.fc1.weight`, 2)[0] as number,
    out: shape(`modality_heads.${sense}.2.weight`, 2)[0] as number,
    normFirst: sense === "vision",
    extraKey: sense === "audio",
  });

  const [seenWidth, , ...kernel] = shape("modality_preprocessors.vision.rgbt_stem.proj.1.weight", 5) as [number, ...number[]];
  const seeing = trunk("vision", seenWidth, headsOf(seenWidth, heads.video, 80));
  const vision = ({ batch = 1 }: NetworkSizes) => {
    const pixels = input("pixels", [batch, frames, 3, size, size]);
    return graph("imagebind vision", [pixels], { embedding: see(pixels, kernel as [number, number, number], seeing) });
  };

  const stem = shape("modality_preprocessors.audio.rgbt_stem.proj.weight", 4) as readonly [number, number, number, number];
  const hearing = trunk("audio", stem[0], headsOf(stem[0], heads.sound));
  const audio = ({ batch = 1 }: NetworkSizes) => {
    const mel = input("mel", [batch, 1, bands, melFrames]);
    return graph("imagebind audio", [mel], { embedding: hear(mel, [stem[2], stem[3]], hearing) });
  };

  checkWeights(weights, vision({}), IMAGEBIND_RELEASE, /^(?!modality_\w+\.vision\.)/);
  checkWeights(weights, audio({}), IMAGEBIND_RELEASE, /^(?!modality_\w+\.audio\.)/);
  return {
    vision: { id: `imagebind-${seeing.depth}x${seeing.width}/vision`, weights, graph: vision },
    audio: { id: `imagebind-${hearing.depth}x${hearing.width}/audio`, weights, graph: audio },
  };
}

function see(pixels: GraphValue, kernel: readonly [number, number, number], config: TrunkConfig): GraphValue {
  const name = "modality_preprocessors.vision.rgbt_stem.proj.1";
  return imagebindTrunk(tubelets(pixels, name, { out: config.width, kernel, bias: false }), config);
}

function hear(mel: GraphValue, patch: readonly [number, number], config: TrunkConfig): GraphValue {
  const { width } = config;
  const stem = "modality_preprocessors.audio.rgbt_stem";
  const cut = ops.convolution(mel, parameter(`${stem}.proj.weight`, [width, 1, ...patch]), { stride: STRIDE });
  const [clips, , rows, columns] = cut.shape as readonly [number, number, number, number];
  const patches = ops.transpose(ops.reshape(cut, [clips, width, rows * columns]), [0, 2, 1]);
  const normed = named(layerNorm(patches, `${stem}.norm_layer.weight`, `${stem}.norm_layer.bias`), stem);
  const scale = parameter("modality_postprocessors.audio.1.log_logit_scale", []);
  return ops.multiply(imagebindTrunk(normed, config), ops.minimum(ops.exp(scale), LARGEST_SCALE));
}
