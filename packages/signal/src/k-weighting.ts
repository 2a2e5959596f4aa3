/**
 * K-weighting of ITU-R BS.1770-4 and the energies of 100 ms steps that loudness is summed from. The filters are derived for any sample rate from
 * the analogue prototypes behind the published 48 kHz coefficients (Brecht De Man, "Evaluation of implementations of the EBU R128 loudness
 * measurement", AES 145, 2018).
 */
import { checkPositive, type Samples } from "./check.js";

/** Coefficients of a second-order section, a0 = 1. */
interface Biquad {
  /** Feed-forward coefficients. */
  readonly b: readonly [number, number, number];
  /** Feedback coefficients a1, a2. */
  readonly a: readonly [number, number];
}

/** The two sections of the K-weighting at a sample rate: head shelf, then high-pass. */
export function kWeighting(sampleRate: number): readonly [Biquad, Biquad] {
  checkPositive("sampleRate", sampleRate);
  const shelf = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
  const shelfQ = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const s = 1 + shelf / shelfQ + shelf * shelf;
  const pass = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const passQ = 0.5003270373238773;
  const p = 1 + pass / passQ + pass * pass;
  return [
    {
      b: [
        (high + (band * shelf) / shelfQ + shelf * shelf) / s,
        (2 * (shelf * shelf - high)) / s,
        (high - (band * shelf) / shelfQ + shelf * shelf) / s,
      ],
      a: [(2 * (shelf * shelf - 1)) / s, (1 - shelf / shelfQ + shelf * shelf) / s],
    },
    { b: [1, -2, 1], a: [(2 * (pass * pass - 1)) / p, (1 - pass / passQ + pass * pass) / p] },
  ];
}

/** Weighted energies of a sound that comes in pieces. */
export interface StepEnergies {
  /** Takes what comes next, one array per channel. */
  push(channels: readonly Samples[]): void;
  /** Energy of each whole step so far, over all channels. */
  energies(): Float64Array;
}

/** Begins to sum energies; one weight per channel. */
export function createStepEnergies(weights: readonly number[], sampleRate: number): StepEnergies {
  const [shelf, pass] = kWeighting(sampleRate);
  const states = weights.map(() => ({ s1: 0, s2: 0, p1: 0, p2: 0, sum: 0 }));
  const sums: number[] = [];
  let taken = 0;

  /** Filters `from` to `to` of a piece, and adds to the sum of the step that runs. */
  const filter = (samples: Samples, state: (typeof states)[number], from: number, to: number): void => {
    let { s1, s2, p1, p2, sum } = state;
    for (let i = from; i < to; i++) {
      // Transposed direct form II.
      const x = samples[i]!;
      const y = shelf.b[0] * x + s1;
      s1 = shelf.b[1] * x - shelf.a[0] * y + s2;
      s2 = shelf.b[2] * x - shelf.a[1] * y;
      const z = pass.b[0] * y + p1;
      p1 = pass.b[1] * y - pass.a[0] * z + p2;
      p2 = pass.b[2] * y - pass.a[1] * z;
      sum += z * z;
    }
    Object.assign(state, { s1, s2, p1, p2, sum });
  };
  return {
    push(channels) {
      const length = channels[0]?.length ?? 0;
      for (let at = 0; at < length; ) {
        const end = Math.round(((sums.length + 1) * sampleRate) / 10);
        const to = Math.min(length, at + end - taken);
        for (const [index, state] of states.entries()) filter(channels[index]!, state, at, to);
        taken += to - at;
        at = to;
        if (taken < end) continue;
        let energy = 0;
        for (const [index, state] of states.entries()) {
          energy += weights[index]! * state.sum;
          state.sum = 0;
        }
        sums.push(energy);
      }
    },
    energies: () => Float64Array.from(sums),
  };
}
