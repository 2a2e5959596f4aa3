/**
 * BigVGAN's activation without aliases (Lee et al. 2023, after Karras et al. 2021): the signal is doubled, what bends it makes its overtones there, and
 * a low pass halves it again. As a runtime likes it: channels are a batch, so that one filter serves all, and the doubled signal is the two
 * outputs of one short filter, its even and its odd samples.
 */
import type { GraphValue } from "@foley-control/core";
import { float, ops, parameter } from "@foley-control/graph";
import { createWindow } from "@foley-control/signal";

/** Taps of the low pass. */
const TAPS = 12;
/** Its cutoff and how wide it takes to fall, in shares of the doubled rate. */
const [CUTOFF, TRANSITION] = [0.25, 0.3];

/** A sinc under a Kaiser window, its sum 1. */
export function lowPassTaps(): Float64Array {
  const attenuation = 2.285 * (TAPS / 2 - 1) * Math.PI * 4 * TRANSITION + 7.95;
  const beta =
    attenuation > 50 ? 0.1102 * (attenuation - 8.7) : 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21);
  const window = createWindow("kaiser", TAPS, { periodic: false, beta });
  const taps = window.map((weight, i) => {
    const angle = 2 * CUTOFF * (i - TAPS / 2 + 0.5) * Math.PI;
    return (2 * CUTOFF * weight * Math.sin(angle)) / angle;
  });
  const sum = taps.reduce((a, b) => a + b);
  return taps.map((tap) => tap / sum);
}

const LOW_PASS = lowPassTaps();

/** Even and odd samples of the doubled signal as two filters of seven taps over x repeated three times at its ends; twice as loud, as half of its samples are new. */
const DOUBLING = Float32Array.from([
  ...[5, 4, 3, 2, 1, 0].map((k) => 2 * (LOW_PASS[2 * k + 1] as number)),
  0,
  0,
  ...[5, 4, 3, 2, 1, 0].map((k) => 2 * (LOW_PASS[2 * k] as number)),
]);

/** The ends repeated. */
function withEnds(x: GraphValue, before: number, after: number): GraphValue {
  const [batch, channels, length] = x.shape as readonly [number, number, number];
  const first = ops.expand(ops.slice(x, 2, 0, 1), [batch, channels, before]);
  const last = ops.expand(ops.slice(x, 2, length - 1, length), [batch, channels, after]);
  return ops.concat([first, x, last], 2);
}

/** How the signal is bent. */
export interface SnakeOptions {
  /** Whether waves have a height of their own, else that of their width. Default true. */
  readonly ownHeight?: boolean | undefined;
  /** Whether α and β are kept as logarithms. Default true. */
  readonly logarithms?: boolean | undefined;
}

/** x + sin²(α·x)/β per channel at twice the rate; x [batch, channels, length]. */
export function aliasFreeSnake(
  x: GraphValue,
  name: string,
  { ownHeight = true, logarithms = true }: SnakeOptions = {},
): GraphValue {
  const [batch, channels, length] = x.shape as readonly [number, number, number];
  const perChannel = (key: string) => {
    const kept = ops.reshape(parameter(`${name}.act.${key}`, [channels]), [1, channels]);
    return ops.reshape(ops.expand(logarithms ? ops.exp(kept) : kept, [batch, channels]), [batch * channels, 1, 1]);
  };
  const lone = ops.reshape(withEnds(x, 3, 3), [batch * channels, 1, length + 6]);
  const doubled = ops.convolution(lone, float(DOUBLING, [2, 1, 7]));
  const wave = ops.square(ops.sin(ops.multiply(doubled, perChannel("alpha"))));
  const bent = ops.add(doubled, ops.multiply(wave, ops.reciprocal(ops.add(perChannel(ownHeight ? "beta" : "alpha"), 1e-9))));
  const inOrder = ops.reshape(ops.transpose(bent, [0, 2, 1]), [batch * channels, 1, 2 * length]);
  const halved = ops.convolution(withEnds(inOrder, 5, 6), float(Float32Array.from(LOW_PASS), [1, 1, TAPS]), { stride: 2 });
  return ops.reshape(halved, [batch, channels, length]);
}
