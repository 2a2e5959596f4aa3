/**
 * LAION-CLAP (Wu et al. 2023, "Large-scale contrastive language-audio pretraining with feature fusion and keyword-to-caption
 * augmentation"): a sound and a text as directions in one space; their cosine is the LAION-CLAP score. Parameter names are those of the
 * release, without `module.`.
 */
import { clapText, readClapTextConfig } from "@foley-control/audio-backbone";
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { graph, input, linear, ops } from "@foley-control/graph";
import { shapeOf } from "@foley-control/weights";
import { HTSAT_BANDS, HTSAT_UNREAD, htsat, htsatConfig } from "../htsat.js";
import { lengthOne } from "../length-one.js";
import type { MetricNetwork, NetworkHeads, NetworkSizes } from "../network.js";
import { checkWeights } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";

/** The weights that av-benchmark reads. */
export const LAION_CLAP_RELEASE: NetworkRelease = {
  title: "LAION-CLAP",
  file: "music_speech_audioset_epoch_15_esc_89.98.pt",
  url: "https://huggingface.co/lukewys/laion_clap/resolve/main/music_speech_audioset_epoch_15_esc_89.98.pt",
  page: "https://github.com/LAION-AI/CLAP",
  licence: "CC0-1.0",
  nonCommercial: false,
  checkpoint: { at: "state_dict", strip: ["module."] },
};

/** Frames of the 10 s that the benchmark lets it hear. */
const LAION_CLAP_FRAMES = 1001;
/** Rows of a text, `<s>`, `</s>` and padding included. */
export const LAION_CLAP_TOKENS = 77;

/** Temperatures of training, and of the text half a list of numbers. */
const UNREAD = /^logit_scale_|^text_branch\.embeddings\.position_ids$/;
/** Tensors of one half, with its part of the way to the common space. */
const HALVES = { audio: /^audio_(branch|projection)\./, text: /^text_(branch|projection)\./ } as const;

/**
 * The half that hears. Graph: `mel` [batch, 1, frames, 64] in decibels, 1001 frames unless told otherwise and at most 1024 → `raw` [batch, 1024], `projected` [batch, 512], `embedding`
 * [batch, 512] of length 1.
 *
 * @param weights - `music_speech_audioset_epoch_15_esc_89.98.pt`, opened as its release says
 * @throws FoleyError `bad-weights` when these are other weights
 */
export function laionClapAudio(weights: ParameterSource): MetricNetwork {
  const config = htsatConfig(weights, "audio_branch.", LAION_CLAP_RELEASE, "refused");
  const joint = shapeOf(weights, "audio_projection.2.weight", 2, LAION_CLAP_RELEASE)[0] as number;
  const made = ({ batch = 1, frames = LAION_CLAP_FRAMES }: NetworkSizes) => {
    const mel = input("mel", [batch, 1, frames, HTSAT_BANDS]);
    const raw = htsat(mel, config);
    const projected = projection(raw, "audio_projection", joint);
    return graph("laion-clap-audio", [mel], { raw, projected, embedding: lengthOne(projected) });
  };
  checkWeights(weights, made({}), LAION_CLAP_RELEASE, unreadBy("audio"));
  return { id: `laion-clap-htsat-${config.width}-${joint}`, weights, graph: made };
}

/**
 * The half that reads. Graph: `ids` int64 and `mask` [batch, 77], see `robertaTokeniser` → `hidden` [batch, 77, 768], `pooled`
 * [batch, 768], `embedding` [batch, 512] of length 1.
 *
 * @param weights - as {@link laionClapAudio}
 * @param heads - heads of each block. Default: one per 64 channels, as released
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function laionClapText(weights: ParameterSource, heads: NetworkHeads = {}): MetricNetwork {
  const config = readClapTextConfig(weights, { heads: heads.text });
  const made = ({ batch = 1 }: NetworkSizes) => {
    const ids = input("ids", [batch, LAION_CLAP_TOKENS], "int64");
    const mask = input("mask", [batch, LAION_CLAP_TOKENS]);
    const { states, pooled, embedding } = clapText(ids, mask, config);
    return graph("laion-clap-text", [ids, mask], {
      hidden: states[config.depth] as GraphValue,
      pooled,
      embedding: lengthOne(embedding),
    });
  };
  checkWeights(weights, made({}), LAION_CLAP_RELEASE, unreadBy("text"));
  return { id: `laion-clap-roberta-${config.width}-${config.joint}`, weights, graph: made };
}

/** Everything of the other half, and what neither reads. */
function unreadBy(half: keyof typeof HALVES): RegExp {
  const other = HALVES[half === "audio" ? "text" : "audio"];
  return new RegExp([UNREAD, HTSAT_UNREAD, other].map(({ source }) => source).join("|"));
}

/** Two linear layers with a ReLU between. */
const projection = (x: GraphValue, name: string, width: number): GraphValue =>
  linear(ops.relu(linear(x, `${name}.0`, width, true)), `${name}.2`, width, true);
