/**
 * Audiobox Aesthetics (Tjandra et al. 2025, "Meta Audiobox Aesthetics: Unified automatic quality assessment for speech, music, and sound"):
 * four scores of a sound, 1 to 10, by small networks over the states of WavLM. Parameter names are those of the release.
 */
import { FoleyError, type Graph, type GraphValue, type ParameterSource } from "@foley-control/core";
import { graph, input, layerNorm, linear, ops, parameter } from "@foley-control/graph";
import { countNumbered, shapeOf } from "@foley-control/weights";
import type { MetricNetwork, NetworkHeads, NetworkSizes } from "../network.js";
import { checkWeights, headsOf } from "../read-weights.js";
import type { NetworkRelease } from "../release.js";
import { WAVLM_HOP, type WavlmConfig, wavlmFrames, wavlmStates } from "./wavlm.js";

const common = {
  title: "Audiobox Aesthetics",
  page: "https://huggingface.co/facebook/audiobox-aesthetics",
  licence: "CC-BY-4.0",
  nonCommercial: false,
} as const;
/** The checkpoint that the reference code downloads. */
export const AUDIOBOX_RELEASE: NetworkRelease = {
  ...common,
  file: "checkpoint.pt",
  statedIn: "checkpoint.pt",
  url: "https://dl.fbaipublicfiles.com/audiobox-aesthetics/checkpoint.pt",
  checkpoint: { at: "state_dict", strip: ["model."] },
};
/** The same weights as the hub has them; `config.json` beside them has the {@link AudioboxTransform}. */
export const AUDIOBOX_HUB_RELEASE: NetworkRelease = {
  ...common,
  file: "model.safetensors",
  statedIn: "config.json",
  url: "https://huggingface.co/facebook/audiobox-aesthetics/resolve/main/model.safetensors",
  checkpoint: {},
};

/** Content enjoyment, content usefulness, production complexity, production quality. */
export const AUDIOBOX_AXES = ["CE", "CU", "PC", "PQ"] as const;
/** One of {@link AUDIOBOX_AXES}. */
export type AudioboxAxis = (typeof AUDIOBOX_AXES)[number];
/** A number per axis. */
export type AudioboxScores = Readonly<Record<AudioboxAxis, number>>;
/** Mean and deviation of the people's scores, which the network's outputs are put back to. */
export type AudioboxTransform = Readonly<Record<AudioboxAxis, { readonly mean: number; readonly std: number }>>;

/** Hz of the waveform. */
export const AUDIOBOX_SAMPLE_RATE = 16_000;
/** Samples of a window: 10 s. */
const AUDIOBOX_WINDOW = 160_000;

/** Transform of the release. */
export const AUDIOBOX_TRANSFORM: AudioboxTransform = {
  CE: { mean: 5.06865, std: 1.93029 },
  CU: { mean: 5.73633, std: 1.75669 },
  PC: { mean: 3.18591, std: 1.86637 },
  PQ: { mean: 6.57505, std: 1.51466 },
};

/** Linear layers of each axis's network; a norm and a GELU stand behind all but the last. */
const LAYERS_PER_AXIS = [0, 3, 6, 9, 12] as const;

/**
 * Audiobox Aesthetics from its weights. Graph: `wave` [batch, 160000] at 16 kHz and `valid` [batch, 499], 1 for frames of the sound, see
 * {@link audioboxWindows} → `raw` [batch, 4] in the order of {@link AUDIOBOX_AXES}, see {@link audioboxScores}.
 *
 * @param weights - `checkpoint.pt` or `model.safetensors`, opened as its release says
 * @param heads - heads of each block. Default: one per 64 channels, as released
 * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
 */
export function audiobox(weights: ParameterSource, heads: NetworkHeads = {}): MetricNetwork {
  const prefix = "wavlm_model.";
  const size = (name: string, rank: number, axis: number) =>
    shapeOf(weights, `${prefix}${name}`, rank, AUDIOBOX_RELEASE)[axis] as number;
  const width = size("post_extract_proj.weight", 2, 0);
  const config: WavlmConfig = {
    prefix,
    width,
    channels: size("post_extract_proj.weight", 2, 1),
    hidden: size("encoder.layers.0.fc1.weight", 2, 0),
    depth: countNumbered(weights, `${prefix}encoder.layers.`),
    heads: headsOf(width, heads.sound ?? weights.get(`${prefix}encoder.layers.0.self_attn.grep_a`)?.shape[1]),
    buckets: size("encoder.layers.0.self_attn.relative_attention_bias.weight", 2, 0),
    positionTaps: size("encoder.pos_conv.0.weight_v", 3, 2),
  };
  const made = ({ batch = 1 }: NetworkSizes): Graph => {
    const wave = input("wave", [batch, AUDIOBOX_WINDOW]);
    const valid = input("valid", [batch, wavlmFrames(AUDIOBOX_WINDOW)]);
    const states = wavlmStates(wave, valid, config);
    return graph("audiobox", [wave, valid], {
      raw: ops.concat(
        AUDIOBOX_AXES.map((axis) => score(states, valid, axis)),
        1,
      ),
    });
  };
  // What stands in for masked frames in training alone.
  checkWeights(weights, made({}), AUDIOBOX_RELEASE, /^wavlm_model\.mask_emb$/);
  return { id: `audiobox-aesthetics-${config.depth}x${width}`, weights, graph: made };
}

/** [windows, 1]: a mixture of the states, its mean over the sound's frames at length 1, and the axis's own network. */
function score(states: readonly GraphValue[], valid: GraphValue, axis: AudioboxAxis): GraphValue {
  const [windows, frames] = valid.shape as readonly [number, number];
  const shares = ops.softmax(parameter(`layer_weights.${axis}`, [states.length]));
  const parts = ops.split(
    shares,
    states.map(() => 1),
    0,
  );
  const mixed = states.map((state, i) => ops.multiply(state, parts[i] as GraphValue)).reduce((a, b) => ops.add(a, b));
  const heard = ops.sum(ops.multiply(mixed, ops.reshape(valid, [windows, frames, 1])), [1]);
  const mean = ops.divide(heard, ops.sum(valid, [1], true));
  const length = ops.maximum(ops.sqrt(ops.sum(ops.square(mean), [1], true)), 1e-12);
  let x = ops.divide(mean, length);
  for (const layer of LAYERS_PER_AXIS) {
    const name = `proj_layer.${axis}.${layer}`;
    if (layer === LAYERS_PER_AXIS.at(-1)) return linear(x, name, 1, true);
    const norm = `proj_layer.${axis}.${layer + 1}`;
    x = ops.gelu(layerNorm(linear(x, name, x.shape[1] as number, true), `${norm}.weight`, `${norm}.bias`));
  }
  return x;
}

/** A sound cut for the network. */
export interface AudioboxWindows {
  /** [windows, 160000], zeros behind the end. */
  readonly wave: Float32Array<ArrayBuffer>;
  /** [windows, 499], 0 for frames of nothing but padding. */
  readonly valid: Float32Array<ArrayBuffer>;
  /** Share of each window that is sound, which its scores are weighed by. */
  readonly weights: readonly number[];
}

/**
 * Cuts a sound into windows of 10 s, one behind the other.
 *
 * @param samples - mono at 16 kHz
 * @throws FoleyError `invalid-argument` when there are none
 */
export function audioboxWindows(samples: ArrayLike<number>): AudioboxWindows {
  if (samples.length === 0) throw new FoleyError("invalid-argument", "The sound has no samples.", { hint: "Give at least one." });
  const windows = Math.ceil(samples.length / AUDIOBOX_WINDOW);
  const frames = wavlmFrames(AUDIOBOX_WINDOW);
  const wave = new Float32Array(windows * AUDIOBOX_WINDOW);
  wave.set(samples);
  const lengths = Array.from({ length: windows }, (_, i) => Math.min(AUDIOBOX_WINDOW, samples.length - i * AUDIOBOX_WINDOW));
  const valid = new Float32Array(windows * frames);
  for (const [window, length] of lengths.entries())
    valid.fill(1, window * frames, window * frames + Math.min(frames, Math.ceil(length / WAVLM_HOP)));
  return { wave, valid, weights: lengths.map((length) => length / AUDIOBOX_WINDOW) };
}

/**
 * Scores of a sound from those of its windows: back on people's scale, then the mean weighed by how much of each window is sound.
 *
 * @param raw - [windows, 4], the network's output
 * @param weights - one per window, from {@link audioboxWindows}
 * @param transform - default: as released
 * @throws FoleyError `shape-mismatch` when there are not four numbers per weight
 */
export function audioboxScores(
  raw: ArrayLike<number>,
  weights: readonly number[],
  transform: AudioboxTransform = AUDIOBOX_TRANSFORM,
): AudioboxScores {
  const axes = AUDIOBOX_AXES.length;
  if (raw.length !== axes * weights.length || weights.length === 0)
    throw new FoleyError(
      "shape-mismatch",
      `There are ${raw.length} numbers for ${weights.length} windows; ${axes} each were expected.`,
    );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scoreOf = (axis: AudioboxAxis, column: number) => {
    const { mean, std } = transform[axis];
    return weights.reduce((sum, weight, i) => sum + weight * ((raw[i * axes + column] as number) * std + mean), 0) / total;
  };
  return Object.fromEntries(AUDIOBOX_AXES.map((axis, column) => [axis, scoreOf(axis, column)])) as Record<AudioboxAxis, number>;
}

/**
 * The transform that a release states: `target_transform` of the hub's `config.json`, or of what `checkpoint.pt` holds.
 *
 * @param stated - an object, or the dictionary of an opened PyTorch checkpoint
 * @throws FoleyError `bad-file` when an axis has no mean or no deviation
 */
export function audioboxTransform(stated: unknown): AudioboxTransform {
  const axes = field(stated, "target_transform");
  const pairs = AUDIOBOX_AXES.map((axis) => {
    const [mean, std] = ["mean", "std"].map((key) => field(field(axes, axis), key));
    if (typeof mean === "number" && typeof std === "number" && Number.isFinite(mean) && std > 0)
      return [axis, { mean, std }] as const;
    throw new FoleyError("bad-file", `The weights of Audiobox Aesthetics state no mean and deviation of ${axis}.`, {
      hint: "Give the whole config.json or checkpoint.pt of the release.",
    });
  });
  return Object.fromEntries(pairs) as Record<AudioboxAxis, { mean: number; std: number }>;
}

/** A field of an object or dictionary. */
function field(from: unknown, key: string): unknown {
  if (from instanceof Map) return from.get(key);
  return typeof from === "object" && from !== null && Object.hasOwn(from, key)
    ? (from as Record<string, unknown>)[key]
    : undefined;
}
