/** Sound on its way: nothing is held but blocks, and what comes out is what the whole would give. */
import { createRandom } from "@foley-control/core";
import { limitTruePeak } from "@foley-control/signal";
import { expect, it } from "vitest";
import { SoundBuffer } from "../read/sound-buffer.js";
import { fitLength, mixPcm, type Pcm } from "./pcm.js";
import { pcmSource } from "./pcm-source.js";
import { resamplePcm } from "./resample.js";
import { collected, inBlocks, limited, mixed, placed, resampled, type SoundStream, streamOf } from "./sound-stream.js";

const random = createRandom(0, "sound-stream");
const noise = (sampleRate: number, length: number, channels = 1): Pcm => ({
  sampleRate,
  channels: Array.from({ length: channels }, () => Float32Array.from({ length }, () => 2 * random.uniform() - 1)),
});
const stream = (pcm: Pcm): SoundStream => streamOf(pcmSource(pcm, "pcm"));

it("placed, resampled, mixed and limited gives the samples that the whole gives", async () => {
  const [own, old] = [noise(24_000, 20_000), noise(44_100, 40_001, 2)];
  const [at, length] = [12_345, 50_000];
  let reduction = 0;
  const both = mixed(placed(resampled(stream(own), 48_000), at, length), placed(resampled(stream(old), 48_000), 0, length), 0.7);
  const got = await collected(limited(both, (db) => void (reduction = db)));
  const laid = { sampleRate: 48_000, channels: [new Float32Array(length)] };
  laid.channels[0]?.set((resamplePcm(own, 48_000).channels[0] as Float32Array).subarray(0, length - at), at);
  const whole = mixPcm(laid, fitLength(resamplePcm(old, 48_000), length), [1, 0.7]);
  const wanted = limitTruePeak(whole.channels, 48_000);
  expect(got.channels).toEqual(wanted.channels);
  expect(reduction).toBe(wanted.reductionDb);
  expect(reduction).toBeGreaterThan(1);
});

it("of hours no more is read than is on its way", async () => {
  const reads: number[] = [];
  const long = (sampleRate: number, length: number) =>
    streamOf({
      ...{ sampleRate, channelCount: 1, length },
      read: async (from, to) => {
        reads.push(to - from);
        return [new Float32Array(to - from).fill(0.4)];
      },
    });
  const hours = 5 * 3600 * 48_000;
  const both = mixed(placed(resampled(long(24_000, hours / 2), 48_000), 0, hours), placed(long(48_000, hours), 0, hours), 1);
  const out = inBlocks(limited(both, () => undefined).blocks, 48_000);
  for (let second = 1; second <= 3; second++) {
    const { value } = await out.next();
    expect(value?.[0]).toHaveLength(48_000);
    expect(reads.reduce((sum, count) => sum + count, 0)).toBeLessThan(second * 72_000 + 600_000);
  }
  await out.return();
  expect(Math.max(...reads)).toBeLessThanOrEqual(131_072);
});

/** What a buffer gives for blocks of samples at times. */
function buffered(length: number, blocks: readonly (readonly [number, Float32Array])[], heard?: readonly [number, number]) {
  const buffer = new SoundBuffer(1000, 1, length, heard ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const out: number[] = [];
  let longest = 0;
  const take = (given: Iterable<readonly Float32Array[]>) => {
    for (const [channel] of given) {
      longest = Math.max(longest, (channel as Float32Array).length);
      for (const value of channel as Float32Array) out.push(value);
    }
  };
  for (const [time, block] of blocks) take(buffer.add([block], time));
  take(buffer.finish());
  return { out, longest };
}

it("decoded blocks lie where they say: rounding is no seam, a gap is silent, what comes again counts, what is outside is silent", () => {
  const ones = (count: number, value = 1) => new Float32Array(count).fill(value);
  const { out, longest } = buffered(
    10_000,
    [
      [-0.5, ones(1000)],
      [0.501, ones(1000, 2)], // a millisecond late by rounding
      [4, ones(500, 3)],
      [4.2, ones(100, 4)],
      [9.9, ones(500, 5)],
    ],
    [0.1, 9.95],
  );
  expect(out).toHaveLength(10_000);
  expect(longest).toBeLessThanOrEqual(1000);
  const runs: [number, number][] = [];
  for (const [i, value] of out.entries()) if (i === 0 || value !== out[i - 1]) runs.push([i, value]);
  expect(runs).toEqual([
    [0, 0],
    [100, 1],
    [500, 2],
    [1500, 0],
    [4000, 3],
    [4200, 4],
    [4300, 3],
    [4500, 0],
    [9900, 5],
    [9950, 0],
  ]);
});
