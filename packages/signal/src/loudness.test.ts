import { describe, expect, it } from "vitest";
import { applyGain, fadeIn, fadeOut, normaliseLoudness, normalisePeak } from "./gain.js";
import { kWeighting } from "./k-weighting.js";
import { createLoudnessMeter, loudness } from "./loudness.js";
import { truePeak } from "./true-peak.js";

/** Gated loudness alone, LUFS: without the true peak, which takes ten times as long. */
function integratedOf(channels: readonly Float32Array[], sampleRate: number): number {
  const meter = createLoudnessMeter(channels.length, sampleRate);
  meter.push(channels);
  return meter.integrated();
}

/** A 1 kHz sine through stretches of [seconds, dBFS peak]. */
function sine(stretches: readonly (readonly [number, number])[], sampleRate: number, hz = 1000): Float32Array {
  const length = Math.round(stretches.reduce((sum, [seconds]) => sum + seconds, 0) * sampleRate);
  const out = new Float32Array(length);
  let at = 0;
  for (const [seconds, level] of stretches) {
    const end = Math.min(length, at + Math.round(seconds * sampleRate));
    const amplitude = 10 ** (level / 20);
    for (; at < end; at++) out[at] = amplitude * Math.sin((2 * Math.PI * hz * at) / sampleRate);
  }
  return out;
}

describe("createLoudnessMeter", () => {
  it("says of pieces what is said of the whole", () => {
    const rate = 22_050;
    const left = sine(
      [
        [1.3, -30],
        [2.05, -12],
        [0.7, -60],
      ],
      rate,
    );
    const right = sine([[4.05, -20]], rate, 440).subarray(0, left.length);
    const meter = createLoudnessMeter(2, rate);
    for (let at = 0, size = 1; at < left.length; at += size, size = ((size * 7) % 9973) + 1)
      meter.push([left.subarray(at, at + size), right.subarray(at, at + size)]);
    expect(meter.integrated()).toBe(loudness([left, right], rate).integrated);
    expect(createLoudnessMeter(1, rate).integrated()).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("loudness", () => {
  it("has the published filters at 48 kHz (BS.1770-4, tables 1 and 2)", () => {
    const [shelf, pass] = kWeighting(48000);
    const expected = [
      1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585, -1.99004745483398,
      0.99007225036621,
    ];
    [...shelf.b, ...shelf.a, ...pass.a].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 10);
    });
  });

  it("reads −3.01 LUFS for a full-scale 997 Hz sine in one channel", () => {
    expect(loudness([sine([[5, 0]], 48000, 997)], 48000).integrated).toBeCloseTo(-3.01, 2);
  });

  // The minimum requirements of EBU Tech 3341, made from their descriptions; tolerance ±0.1 LU.
  const programmes: [string, readonly (readonly [number, number])[], number][] = [
    ["1", [[20, -23]], -23],
    ["2", [[20, -33]], -33],
    [
      "3",
      [
        [10, -36],
        [60, -23],
        [10, -36],
      ],
      -23,
    ],
    [
      "4",
      [
        [10, -72],
        [10, -36],
        [60, -23],
        [10, -36],
        [10, -72],
      ],
      -23,
    ],
    [
      "5",
      [
        [20, -26],
        [20.1, -20],
        [20, -26],
      ],
      -23,
    ],
  ];
  for (const sampleRate of [24000, 44100, 48000]) {
    it.each(sampleRate === 48000 ? programmes : programmes.slice(4))(
      `EBU Tech 3341 case %s at ${sampleRate} Hz`,
      (_, stretches, target) => {
        const channel = sine(stretches, sampleRate);
        expect(Math.abs(integratedOf([channel, channel], sampleRate) - target)).toBeLessThan(0.1);
      },
    );
  }

  it("EBU Tech 3341 case 6: five channels", () => {
    const at = (level: number) => sine([[20, level]], 48000);
    const channels = [at(-28), at(-28), at(-24), at(-30), at(-30)];
    expect(Math.abs(integratedOf(channels, 48000) + 23)).toBeLessThan(0.1);
    const parts = channels.map((channel) => channel.subarray(0, 48_000));
    expect(loudness(parts, 48000).integrated).toBe(integratedOf(parts, 48000));
  });

  it("EBU Tech 3341 cases 9 and 12: constant short-term and momentary loudness", () => {
    const cycle = (a: number, b: number, times: number) =>
      Array.from(
        { length: times },
        () =>
          [
            [a, -20],
            [b, -30],
          ] as const,
      ).flat();
    const slow = sine(cycle(1.34, 1.66, 5), 48000);
    const { shortTerm } = loudness([slow, slow], 48000);
    for (const value of shortTerm) expect(Math.abs(value + 23)).toBeLessThan(0.1);
    const fast = sine(cycle(0.18, 0.22, 25), 48000);
    const { momentary, momentaryMaximum } = loudness([fast, fast], 48000);
    expect(momentary.length).toBe(97);
    for (const value of momentary.subarray(1)) expect(Math.abs(value + 23)).toBeLessThan(0.1);
    expect(Math.abs(momentaryMaximum + 23)).toBeLessThan(0.15);
  });

  it("EBU Tech 3342 cases 1 to 3: loudness range ±1 LU", () => {
    for (const [stretches, range] of [
      [
        [
          [20, -20],
          [20, -30],
        ],
        10,
      ],
      [
        [
          [20, -20],
          [20, -15],
        ],
        5,
      ],
      [
        [
          [20, -40],
          [20, -20],
        ],
        20,
      ],
    ] as const) {
      const channel = sine(stretches, 48000);
      expect(Math.abs(loudness([channel, channel], 48000).range - range)).toBeLessThan(1);
    }
  });

  it.each([
    ["15", 4, 0, 0.5, -6],
    ["16", 4, 45, 0.5, -6],
    ["17", 6, 60, 0.5, -6],
    ["18", 8, 67.5, 0.5, -6],
    ["19", 4, 45, 1.41, 3],
  ])("EBU Tech 3341 case %s: true peak (+0.2, −0.4 dB)", (_, divisor, degrees, amplitude, expected) => {
    const samples = Float64Array.from(
      { length: 4800 },
      (__, i) => amplitude * Math.sin((2 * Math.PI * i) / divisor + (degrees * Math.PI) / 180),
    );
    // Start and end of the test signals are tapered.
    for (let i = 0; i < 480; i++) {
      samples[i]! *= i / 480;
      samples[4799 - i]! *= i / 480;
    }
    const peak = truePeak([samples], 48000);
    expect(peak - expected).toBeLessThan(0.2);
    expect(peak - expected).toBeGreaterThan(-0.4);
  });

  it("gives −∞ for silence and short clips, and rejects channels that do not fit", () => {
    const silent = loudness([new Float32Array(48000)], 48000);
    expect(silent.integrated).toBe(Number.NEGATIVE_INFINITY);
    expect(silent.truePeak).toBe(Number.NEGATIVE_INFINITY);
    expect(loudness([sine([[0.3, -20]], 48000)], 48000)).toMatchObject({ integrated: Number.NEGATIVE_INFINITY, range: 0 });
    expect(() => loudness([], 48000)).toThrow(/no samples/);
    expect(() => loudness([new Float32Array(3), new Float32Array(4)], 48000)).toThrow(/3, 4 samples/);
  });
});

describe("gains and fades", () => {
  it("normalises peaks over all channels together", () => {
    const left = Float32Array.of(0.1, -0.25, 0);
    const { channels, gainDb } = normalisePeak([left, Float32Array.of(0, 0.05, 0)], -6.0206);
    expect(channels[0]![1]).toBeCloseTo(-0.5, 5);
    expect(channels[1]![1]).toBeCloseTo(0.1, 5);
    expect(gainDb).toBeCloseTo(6.0206, 4);
    expect(left[1]).toBe(-0.25);
    expect(normalisePeak([new Float32Array(4)]).gainDb).toBe(0);
  });

  it("normalises loudness, but not over the true peak", () => {
    const tone = sine([[4, -30]], 48000);
    const { channels, gainDb } = normaliseLoudness([tone, tone], 48000, -23);
    expect(gainDb).toBeCloseTo(7, 1);
    expect(loudness(channels, 48000).integrated).toBeCloseTo(-23, 2);
    const limited = normaliseLoudness([tone], 48000, 0, { maximumTruePeak: -3 });
    expect(truePeak(limited.channels, 48000)).toBeCloseTo(-3, 2);
    expect(applyGain([tone], -20).channels[0]![12]).toBeCloseTo(tone[12]! / 10, 6);
  });

  it("fades to exactly zero", () => {
    const ones = new Float32Array(100).fill(1);
    const out = fadeOut(ones, 100, 0.5);
    expect(out[99]).toBe(0);
    expect(out[49]).toBe(1);
    expect(out[74]).toBeCloseTo(0.5, 6);
    expect([...fadeIn(ones, 100, 0.5)]).toEqual([...out].reverse());
    expect(fadeOut(ones, 100, 9)[99]).toBe(0);
    expect(() => fadeOut(ones, 100, -1)).toThrow(/seconds/);
  });
});
