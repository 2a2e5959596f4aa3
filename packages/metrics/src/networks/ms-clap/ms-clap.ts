/**
 * MS-CLAP of 2023 (Elizalde et al., "Natural language supervision for general-purpose audio representations"): a sound and a text as
 * points in one space; the cosine between them is the MS-CLAP score. It hears with the same network as LAION-CLAP, narrower, and reads
 * with GPT-2. Parameter names are those of the release (microsoft/CLAP, `msclap/models/clap.py`).
 */
import type { GraphValue, ParameterSource } from "@foley-control/core";
import { constant, graph, input, layerNorm, linear, ops } from "@foley-control/graph";
import { shapeOf } from "@foley-control/weights";
import { HTSAT_BANDS, HTSAT_UNREAD, htsat, htsatConfig } from "../htsat.js";
import type { MetricNetwork, NetworkHeads, NetworkSizes } from "../network.js";
import { checkWeights } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";
import { textTransformerConfig } from "../text-transformer.js";
import { GPT2_SIZES, GPT2_UNREAD, gpt2 } from "./gpt2.js";

/** The weights that av-benchmark reads. */
export const MS_CLAP_RELEASE: NetworkRelease = {
  title: "MS-CLAP 2023",
  file: "CLAP_weights_2023.pth",
  url: "https://huggingface.co/microsoft/msclap/resolve/main/CLAP_weights_2023.pth",
  page: "https://huggingface.co/microsoft/msclap",
  licence: "MS-PL",
  nonCommercial: false,
  checkpoint: { at: "model", strip: ["module."] },
};

/** Frames of the 7 s that the network hears. */
const MS_CLAP_FRAMES = 965;
/** Rows of a text, `<|endoftext|>` and padding included. */
export const MS_CLAP_TOKENS = 77;

const HALVES = { audio: "audio_encoder.", text: "caption_encoder." } as const;

/**
 * The half that hears. Graph: `mel` [batch, 1, frames, 64] in decibels, 965 frames unless told otherwise;
 * more than 1024 are heard in pieces, as in the reference → `raw` [batch, 768], `embedding` [batch, 1024], of no particular length.
 *
 * @param weights - `CLAP_weights_2023.pth`, opened as its release says
 * @throws FoleyError `bad-weights` when these are other weights
 */
export function msClapAudio(weights: ParameterSource): MetricNetwork {
  const config = htsatConfig(weights, `${HALVES.audio}base.htsat.`, MS_CLAP_RELEASE, "pieces");
  const joint = jointWidth(weights, "audio");
  const made = ({ batch = 1, frames = MS_CLAP_FRAMES }: NetworkSizes) => {
    const mel = input("mel", [batch, 1, frames, HTSAT_BANDS]);
    const raw = htsat(mel, config);
    return graph("ms-clap-audio", [mel], { raw, embedding: projection(raw, "audio", joint) });
  };
  checkWeights(weights, made({}), MS_CLAP_RELEASE, unreadBy("audio"));
  return { id: `ms-clap-htsat-${config.width}-${joint}`, weights, graph: made };
}

/**
 * The half that reads. Graph: `ids` int64 [batch, 77], see `gpt2Tokeniser` → `hidden` [batch, 77, 768], of which rows of padding mean
 * nothing, and `embedding` [batch, 1024], of no particular length.
 *
 * @param weights - as {@link msClapAudio}
 * @param heads - heads of each block. Default: one per 64 channels, as released
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function msClapText(weights: ParameterSource, heads: NetworkHeads = {}): MetricNetwork {
  const config = textTransformerConfig(weights, `${HALVES.text}base.`, GPT2_SIZES, MS_CLAP_RELEASE, heads.text);
  const joint = jointWidth(weights, "text");
  const made = ({ batch = 1 }: NetworkSizes) => {
    const ids = input("ids", [batch, MS_CLAP_TOKENS], "int64");
    const hidden = gpt2(ids, config);
    return graph("ms-clap-text", [ids], { hidden, embedding: projection(lastRows(hidden, ids), "text", joint) });
  };
  checkWeights(weights, made({}), MS_CLAP_RELEASE, unreadBy("text"));
  return { id: `ms-clap-gpt2-${config.width}-${joint}`, weights, graph: made };
}

const jointWidth = (weights: ParameterSource, half: keyof typeof HALVES) =>
  shapeOf(weights, `${HALVES[half]}projection.linear1.weight`, 2, MS_CLAP_RELEASE)[0] as number;

/** Everything of the other half, the temperature of training, and what neither reads. */
function unreadBy(half: keyof typeof HALVES): RegExp {
  const other = HALVES[half === "audio" ? "text" : "audio"].replace(".", "\\.");
  return new RegExp([`^${other}`, "^logit_scale$", HTSAT_UNREAD.source, GPT2_UNREAD.source].join("|"));
}

/**
 * The row that stands for a text: as many as there are ids that are not 0, less one. Padding has the id 0, which in GPT-2 is an exclamation
 * mark; a text with one inside is so read a row too early, in the reference as here.
 */
function lastRows(hidden: GraphValue, ids: GraphValue): GraphValue {
  const [batch, length, width] = hidden.shape as readonly [number, number, number];
  const counted = ops.sum(ops.cast(ops.greater(ids, 0), "float32"), [1]);
  const starts = constant(
    Float32Array.from({ length: batch }, (_, i) => i * length - 1),
    [batch],
    "float32",
  );
  const rows = ops.cast(ops.add(counted, starts), "int64");
  return ops.gather(ops.reshape(hidden, [batch * length, width]), rows);
}

/** norm(a + W₂·GELU(a)) with a = W₁·x. */
function projection(x: GraphValue, half: keyof typeof HALVES, width: number): GraphValue {
  const name = `${HALVES[half]}projection`;
  const first = linear(x, `${name}.linear1`, width);
  const second = linear(ops.gelu(first), `${name}.linear2`, width);
  return layerNorm(ops.add(first, second), `${name}.layer_norm.weight`, `${name}.layer_norm.bias`);
}
