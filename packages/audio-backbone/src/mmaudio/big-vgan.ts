/**
 * BigVGAN (Lee et al. 2023, "BigVGAN: A Universal Neural Vocoder with Large-Scale Training"): mel → waveform. Two releases are used: that of
 * Make-An-Audio 2 at 16 kHz, which ends in a tanh, and NVIDIA's v2 at 44.1 kHz, which is cut at ±1.
 */
import { type GraphValue, json } from "@foley-control/core";
import { named, ops } from "@foley-control/graph";
import { weightNormConvolution, weightNormTransposedConvolution } from "../weight-norm.js";
import { aliasFreeSnake, type SnakeOptions } from "./alias-free.js";

/** Taps of the first and the last convolution. */
const ENDS = 7;

/** Samples for each frame of the mel. */
export const bigVganHop = ({ upsample_rates: rates }: Pick<BigVganConfig, "upsample_rates">): number =>
  rates.reduce((a, b) => a * b, 1);

/** What shapes the vocoder: the fields of its `config.json`. */
export interface BigVganConfig {
  /** Bands of the mel. */
  readonly num_mels: number;
  /** Factors of the stages. */
  readonly upsample_rates: readonly number[];
  /** Taps of their transposed convolutions. */
  readonly upsample_kernel_sizes: readonly number[];
  /** Channels in front of the first. */
  readonly upsample_initial_channel: number;
  /** Taps of the blocks of a stage. */
  readonly resblock_kernel_sizes: readonly number[];
  /** Dilations inside of them. */
  readonly resblock_dilation_sizes: readonly (readonly number[])[];
  /** Whether it ends in a tanh; else it is cut at ±1. Default true: the first releases knew nothing else. */
  readonly use_tanh_at_final?: boolean | undefined;
  /** Whether the last convolution has a bias. Default true. */
  readonly use_bias_at_final?: boolean | undefined;
  /** Whether each dilation of a block has a second convolution without one, "1", or not, "2". Default "1". */
  readonly resblock?: string | undefined;
  /** What bends the signal: waves as high as they are narrow, "snake", or of a height of their own. Default "snakebeta". */
  readonly activation?: string | undefined;
  /** Whether the numbers of that are logarithms. Default true. */
  readonly snake_logscale?: boolean | undefined;
}

const few = json.list(json.whole(1, 64), 16);
const fields = json.object({
  num_mels: json.whole(1, 1024),
  upsample_rates: few,
  upsample_kernel_sizes: few,
  upsample_initial_channel: json.whole(1, 8192),
  resblock_kernel_sizes: few,
  resblock_dilation_sizes: json.list(few, 16),
});

/** What fields may say that change the network; of others it would be another one. */
const KNOWN: Readonly<Record<string, readonly unknown[]>> = {
  resblock: ["1", "2"],
  activation: ["snake", "snakebeta"],
  snake_logscale: [true, false],
  use_tanh_at_final: [true, false],
  use_bias_at_final: [true, false],
};

/** What is wrong with a parsed `config.json`; `undefined` when nothing is. */
export function checkBigVganConfig(value: unknown): string | undefined {
  const problem = fields(value, "");
  if (problem) return problem;
  const { upsample_rates: rates, upsample_kernel_sizes: taps, ...blocks } = value as BigVganConfig;
  for (const [field, known] of Object.entries(KNOWN)) {
    const given = (value as Readonly<Record<string, unknown>>)[field];
    if (given !== undefined && !known.includes(given))
      return `"${field}" is ${JSON.stringify(given)}; known are ${known.join(" and ")}`;
  }
  if (rates.length !== taps.length) return `"upsample_rates" has ${rates.length} numbers, "upsample_kernel_sizes" ${taps.length}`;
  const [kernels, dilations] = [blocks.resblock_kernel_sizes.length, blocks.resblock_dilation_sizes.length];
  if (kernels !== dilations)
    return `"resblock_kernel_sizes" has ${kernels} numbers, "resblock_dilation_sizes" ${dilations} lists`;
  if (blocks.resblock_kernel_sizes.some((size) => size % 2 === 0)) return '"resblock_kernel_sizes" has an even number';
  return rates.some((rate, stage) => (taps[stage] as number) < rate || ((taps[stage] as number) - rate) % 2 === 1)
    ? '"upsample_kernel_sizes" minus "upsample_rates" is not even: a frame would have no whole number of samples'
    : undefined;
}

/** Whether a dilation of a block has a second convolution. */
const hasPairs = ({ resblock = "1" }: Pick<BigVganConfig, "resblock">): boolean => resblock === "1";

/** Samples on either side that an activation without aliases looks at. */
const ACTIVATION_REACH = 6;

/**
 * Frames of the mel on either side that a frame's sound depends on: the reach of every layer, from the sound back. The outermost ones are heard
 * so faintly that float32 loses them; with all of them a piece is exact.
 */
export function bigVganContext(config: BigVganConfig): number {
  const { upsample_rates: rates, upsample_kernel_sizes: kernels } = config;
  const blocks = config.resblock_kernel_sizes.map((taps, index) =>
    (config.resblock_dilation_sizes[index] as readonly number[]).reduce(
      (reach, dilation) =>
        reach +
        (hasPairs(config)
          ? 2 * ACTIVATION_REACH + ((taps - 1) * (dilation + 1)) / 2
          : ACTIVATION_REACH + ((taps - 1) * dilation) / 2),
      0,
    ),
  );
  let reach = (ENDS - 1) / 2 + ACTIVATION_REACH;
  for (const [stage, stride] of [...rates.entries()].reverse()) {
    const taps = kernels[stage] as number;
    reach = Math.ceil((reach + Math.max(...blocks) + taps - 1 - (taps - stride) / 2) / stride);
  }
  return reach + (ENDS - 1) / 2;
}

/** Bytes of the largest array in it for each frame of the mel: the last stages have all of a clip's samples, twice inside an activation. */
export function bigVganBytes({ upsample_rates: rates, upsample_initial_channel: channels }: BigVganConfig): number {
  let [samples, largest] = [1, 0];
  for (const [stage, rate] of rates.entries()) {
    samples *= rate;
    largest = Math.max(largest, (samples * channels) / 2 ** (stage + 1));
  }
  return 2 * Float32Array.BYTES_PER_ELEMENT * largest;
}

/** The fields of the network at 16 kHz, which came without a file of them. */
export const BIGVGAN_16K: BigVganConfig = {
  num_mels: 80,
  upsample_rates: [4, 4, 2, 2, 2, 2],
  upsample_kernel_sizes: [8, 8, 4, 4, 4, 4],
  upsample_initial_channel: 1536,
  resblock_kernel_sizes: [3, 7, 11],
  resblock_dilation_sizes: [
    [1, 3, 5],
    [1, 3, 5],
    [1, 3, 5],
  ],
};

/** mel [batch, bands, frames] → [batch, 1, frames·hop]. What parts give is labelled with their names. */
export function bigVgan(mel: GraphValue, config: BigVganConfig): GraphValue {
  const { num_mels: bands, upsample_initial_channel: channels, upsample_rates: rates, upsample_kernel_sizes: kernels } = config;
  const { resblock_kernel_sizes: blockKernels, resblock_dilation_sizes: blockDilations } = config;
  const { use_tanh_at_final: endsInTanh = true, use_bias_at_final: endBias = true } = config;
  const shape: BlockShape = {
    pairs: hasPairs(config),
    snake: { ownHeight: (config.activation ?? "snakebeta") === "snakebeta", logarithms: config.snake_logscale },
  };
  const wide = { taps: ENDS, padding: (ENDS - 1) / 2 };
  let x = named(weightNormConvolution(mel, "conv_pre", { from: bands, to: channels, ...wide }), "conv_pre");
  for (const [stage, stride] of rates.entries()) {
    const [from, taps] = [x.shape[1] as number, kernels[stage] as number];
    const name = `ups.${stage}.0`;
    const upwards = { from, to: Math.floor(channels / 2 ** (stage + 1)), taps, stride, padding: Math.floor((taps - stride) / 2) };
    const longer = named(weightNormTransposedConvolution(x, name, upwards), name);
    const blocks = blockKernels.map((kernel, index) =>
      block(longer, `resblocks.${stage * blockKernels.length + index}`, {
        ...shape,
        taps: kernel,
        dilations: blockDilations[index] as readonly number[],
      }),
    );
    x = ops.divide(
      blocks.reduce((a, b) => ops.add(a, b)),
      blocks.length,
    );
  }
  x = named(aliasFreeSnake(x, "activation_post", shape.snake), "activation_post");
  x = named(weightNormConvolution(x, "conv_post", { from: x.shape[1] as number, to: 1, ...wide, bias: endBias }), "conv_post");
  return endsInTanh ? ops.tanh(x) : ops.minimum(ops.maximum(x, -1), 1);
}

/** What all blocks have in common. */
interface BlockShape {
  readonly pairs: boolean;
  readonly snake: SnakeOptions;
}

/** Anti-aliased multi-periodicity: x + conv(act(conv_d(act(x)))) for each dilation, or x + conv_d(act(x)). */
function block(
  x: GraphValue,
  name: string,
  { pairs, snake, taps, dilations }: BlockShape & { readonly taps: number; readonly dilations: readonly number[] },
): GraphValue {
  const channels = x.shape[1] as number;
  const convolution = (value: GraphValue, part: string, dilation: number) => {
    const padding = ((taps - 1) * dilation) / 2;
    return weightNormConvolution(value, `${name}.${part}`, { from: channels, to: channels, taps, dilation, padding });
  };
  let y = x;
  for (const [index, dilation] of dilations.entries()) {
    const act = (value: GraphValue, which: number) => {
      const label = `${name}.activations.${which}`;
      return named(aliasFreeSnake(value, label, snake), label);
    };
    const added = pairs
      ? convolution(act(convolution(act(y, 2 * index), `convs1.${index}`, dilation), 2 * index + 1), `convs2.${index}`, 1)
      : convolution(act(y, index), `convs.${index}`, dilation);
    y = ops.add(y, added);
  }
  return named(y, name);
}
