/**
 * The mel autoencoder of MMAudio (`ext/autoencoder`, after EDM2, Karras et al. 2024): convolutions, blocks and sums keep the size of what goes
 * through them, so that there are no biases and few norms. Over [batch, channels, time]; names are those of the release.
 */
import type { GraphValue } from "@foley-control/core";
import { attention, named, ops, parameter } from "@foley-control/graph";

/** What shapes the autoencoder. */
export interface MelAutoencoderConfig {
  /** Mel bands: 80 at 16 kHz, 128 at 44.1 kHz. */
  readonly bands: number;
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Channels of the outermost level; the others have twice and four times as many. */
  readonly width: number;
}

/** Keeps a weight's row from dividing by 0. */
const SMALL = 1e-4;
/** Largest activation. */
const LIMIT = 256;
/** Share of the branch in a sum. */
const BRANCH = 0.3;
/** Residual blocks of a level. */
const BLOCKS = { encoder: 2, decoder: 3 } as const;
/** Levels, outermost first, as multiples of the width. */
const LEVELS = [1, 2, 4] as const;

/** A convolution whose rows of weights have the length √fan / fan; they depend on no input, so that a runtime makes them once. */
function evenConvolution(x: GraphValue, name: string, to: number, taps: number): GraphValue {
  const from = x.shape[1] as number;
  const fan = from * taps;
  const weight = parameter(`${name}.weight`, [to, from, taps]);
  const length = ops.sqrt(ops.sum(ops.square(weight), [1, 2], true));
  const even = ops.divide(weight, ops.multiply(ops.add(ops.divide(length, Math.sqrt(fan)), SMALL), Math.sqrt(fan)));
  return ops.convolution(x, even, { padding: (taps - 1) / 2 });
}

/** SiLU that keeps the size of normal numbers. */
const evenSilu = (x: GraphValue): GraphValue => ops.divide(ops.silu(x), 0.596);

/** Divided by the root mean square of its channels. */
const unit = (x: GraphValue): GraphValue => ops.divide(x, ops.add(ops.sqrt(ops.mean(ops.square(x), [1], true)), SMALL));

/** A sum that keeps the size of independent parts. */
const evenSum = (a: GraphValue, b: GraphValue): GraphValue =>
  ops.divide(ops.add(ops.multiply(a, 1 - BRANCH), ops.multiply(b, BRANCH)), Math.hypot(1 - BRANCH, BRANCH));

const clamped = (x: GraphValue, limit = LIMIT): GraphValue => ops.minimum(ops.maximum(x, -limit), limit);

/** Two convolutions beside the normed input: [batch, channels, time] → [batch, to, time]. */
export function residualBlock(x: GraphValue, name: string, to: number): GraphValue {
  const even = unit(x);
  const first = evenConvolution(evenSilu(even), `${name}.conv1`, to, 3);
  const second = evenConvolution(evenSilu(first), `${name}.conv2`, to, 3);
  return named(evenSum(x.shape[1] === to ? even : evenConvolution(even, `${name}.nin_shortcut`, to, 1), second), name);
}

/** One head over the whole length: queries, keys and values lie one by one, and each is a unit. */
function attentionBlock(x: GraphValue, name: string): GraphValue {
  const [batch, channels, length] = x.shape as readonly [number, number, number];
  const interleaved = ops.reshape(evenConvolution(x, `${name}.qkv`, 3 * channels, 1), [batch, channels, 3, length]);
  const third = (index: number) =>
    ops.transpose(unit(ops.reshape(ops.slice(interleaved, 2, index, index + 1), [batch, channels, length])), [0, 2, 1]);
  const found = ops.transpose(attention(third(0), third(1), third(2), { heads: 1 }), [0, 2, 1]);
  return named(evenSum(x, evenConvolution(found, `${name}.proj_out`, channels, 1)), name);
}

function middle(x: GraphValue, half: "encoder" | "decoder"): GraphValue {
  const channels = x.shape[1] as number;
  const first = residualBlock(x, `${half}.mid.block_1`, channels);
  return residualBlock(attentionBlock(first, `${half}.mid.attn_1`), `${half}.mid.block_2`, channels);
}

/** latents [batch, latentChannels, frames], as they are trained on → mel [batch, bands, 2·frames]. */
export function melDecoder(latents: GraphValue, { bands, width }: MelAutoencoderConfig): GraphValue {
  let x = named(evenConvolution(latents, "decoder.conv_in", 4 * width, 3), "decoder.conv_in");
  x = clamped(middle(x, "decoder"));
  for (const level of [2, 1, 0] as const) {
    const channels = width * LEVELS[level];
    for (let block = 0; block < BLOCKS.decoder; block++)
      x = named(clamped(residualBlock(x, `decoder.up.${level}.block.${block}`, channels)), `decoder.up.${level}.block.${block}`);
    if (level === 1) {
      const [batch, , length] = x.shape as readonly [number, number, number];
      const twice = ops.expand(ops.reshape(x, [batch, channels, length, 1]), [batch, channels, length, 2]);
      x = evenConvolution(ops.reshape(twice, [batch, channels, 2 * length]), "decoder.up.1.upsample.conv", channels, 3);
      x = named(x, "decoder.up.1.upsample");
    }
  }
  x = evenConvolution(evenSilu(x), "decoder.conv_out", bands, 3);
  x = named(ops.multiply(x, ops.add(parameter("decoder.learnable_gain", []), 1)), "decoder.conv_out");
  return ops.add(ops.multiply(x, parameter("data_std", [1, bands, 1])), parameter("data_mean", [1, bands, 1]));
}

/** mel [batch, bands, 2·frames] → means and standard deviations of latents, [batch, latentChannels, frames] each. */
export function melEncoder(
  mel: GraphValue,
  { bands, latentChannels, width }: MelAutoencoderConfig,
): { readonly mean: GraphValue; readonly std: GraphValue } {
  let x = ops.divide(ops.subtract(mel, parameter("data_mean", [1, bands, 1])), parameter("data_std", [1, bands, 1]));
  x = named(evenConvolution(x, "encoder.conv_in", width, 3), "encoder.conv_in");
  for (const [level, multiple] of LEVELS.entries()) {
    for (let block = 0; block < BLOCKS.encoder; block++)
      x = named(
        clamped(residualBlock(x, `encoder.down.${level}.block.${block}`, width * multiple)),
        `encoder.down.${level}.block.${block}`,
      );
    if (level === 0) {
      x = evenConvolution(x, "encoder.down.0.downsample.conv1", width, 1);
      x = named(
        evenConvolution(ops.averagePool(x, 2, { stride: 2 }), "encoder.down.0.downsample.conv2", width, 1),
        "encoder.down.0.downsample",
      );
    }
  }
  x = evenConvolution(evenSilu(middle(x, "encoder")), "encoder.conv_out", 2 * latentChannels, 3);
  x = named(ops.multiply(x, ops.add(parameter("encoder.learnable_gain", []), 1)), "encoder.conv_out");
  const [mean, logarithm] = ops.split(x, [latentChannels, latentChannels], 1) as [GraphValue, GraphValue];
  const bounded = ops.minimum(ops.maximum(logarithm, -30), 20);
  return { mean, std: ops.exp(ops.multiply(bounded, 0.5)) };
}
