/** Which loudspeaker is heard where. */
import { describe, expect, it } from "vitest";
import { mixingGains } from "./down-mix.js";
import { mixPcm, type Pcm, withChannels } from "./pcm.js";

/** Channels that each hold one number. */
const pcm = (...values: readonly number[]): Pcm => ({
  sampleRate: 48_000,
  channels: values.map((value) => Float32Array.of(value)),
});
const values = ({ channels }: Pcm): number[] => channels.map((channel) => channel[0] as number);

describe("channels", () => {
  it("of 5.1 come to stereo as ITU-R BS.775 says", () => {
    expect(values(withChannels(pcm(0, 0, 0.8, 0, 0, 0), 2))).toEqual([expect.closeTo(0.5657, 4), expect.closeTo(0.5657, 4)]);
    expect(values(withChannels(pcm(0.5, 0, 0, 1, 0, 0.5), 2))).toEqual([0.5, expect.closeTo(0.35355, 4)]);
  });
  it("of 5.1 come to mono as that stereo does: the centre 3 dB down", () => {
    expect(values(withChannels(pcm(0, 0, 0.8, 0, 0, 0), 1))[0]).toBeCloseTo(0.8 * Math.SQRT1_2, 6);
    expect(values(withChannels(pcm(1, 0, 0, 0.7, 0, 0), 1))).toEqual([0.5]);
  });
  it("of mono go to both of two, into the centre of more, and never into the effects", () => {
    expect(values(withChannels(pcm(0.5), 2))).toEqual([0.5, 0.5]);
    expect(values(withChannels(pcm(0.5), 6))).toEqual([0, 0, 0.5, 0, 0, 0]);
    expect(values(withChannels(pcm(0.5), 4))).toEqual([0.5, 0.5, 0, 0]);
    expect(values(withChannels(pcm(0.5, 0.25), 6))).toEqual([0.5, 0.25, 0, 0, 0, 0]);
    expect(values(mixPcm(pcm(0.3), pcm(0, 0, 0.4, 0, 0, 0), [1, 1]))[2]).toBeCloseTo(0.7, 6);
  });
  it("of every layout are all heard on every other, but for the effects, and none is louder than full", () => {
    for (let from = 1; from <= 8; from++) {
      for (let to = 1; to <= 8; to++) {
        for (const [index, row] of (mixingGains(from, to) as number[][]).entries()) {
          const effects = from >= 6 && index === 3;
          if (effects && to < 6) expect(row.every((gain) => gain === 0)).toBe(true);
          else expect(Math.max(...row), `${index} of ${from} on ${to}`).toBeGreaterThanOrEqual(0.25);
          expect(Math.max(...row)).toBeLessThanOrEqual(1);
        }
      }
    }
    expect(mixingGains(12, 2)).toBeUndefined();
    expect(values(withChannels(pcm(...Array<number>(12).fill(0.1)), 2))).toHaveLength(2);
  });
});
