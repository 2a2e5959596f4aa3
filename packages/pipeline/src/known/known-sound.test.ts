/** What stays of a sound that is there already, and what is refused; how it is joined with what was made. */
import { normalArray } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import { createJoiner } from "./join-known.js";
import { knownStretch } from "./known-sound.js";

/** Ten latents a second. */
const codec = { sampleRate: 8000, channels: 1, hop: 800 };
const sound = (seconds: number, sampleRate = 8000, channels = 1) => ({
  sampleRate,
  channels: Array.from({ length: channels }, (_, i) => normalArray(1, ["known", i], Math.round(seconds * sampleRate))),
});
const span = { start: 3, duration: 4 };

describe("latents that stay", () => {
  it("are those that no stretch touches; times of stretches are those of the clip", () => {
    const { shares, anew } = knownStretch({ sound: sound(4), anew: [{ start: 4, end: 4.55 }] }, span, codec);
    expect(anew).toEqual([{ start: 1, end: 1.5499999999999998 }]);
    expect([...shares(8, 10)]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
    // Behind the end of the clip a network may sample more.
    expect([...shares(38, 4)]).toEqual([1, 1, 0, 0]);
  });
  it("end where the sound does; stretches that meet are one", () => {
    const asked = [
      { start: 6, end: 9 },
      { start: 2, end: 4 },
      { start: 4, end: 4.5 },
    ];
    const { shares, anew } = knownStretch({ sound: sound(3.25), anew: asked }, span, codec);
    expect(anew).toEqual([
      { start: 0, end: 1.5 },
      { start: 3, end: 4 },
    ]);
    expect([...shares(13, 4)]).toEqual([0, 0, 1, 1]);
    const goesOn = knownStretch({ sound: sound(1.05) }, span, codec);
    expect([...goesOn.shares(8, 4)]).toEqual([1, 1, 0, 0]);
    expect([...goesOn.encoded(10, 1).subarray(398, 402)]).toEqual([...sound(1.05).channels[0]!.subarray(8398, 8400), 0, 0]);
  });
  it.each([
    [
      sound(4),
      undefined,
      /options\.known\.anew is undefined; a stretch that is made anew was expected\. The sound lasts as long/,
    ],
    [sound(5), [{ start: 1, end: 2 }], /a stretch within the 3 to 7 s that get sound/],
    [sound(4), [{ start: 5, end: 5 }], /ends behind its beginning/],
    [{ sampleRate: 8000, channels: [] }, undefined, /options\.known\.sound has no channels/],
  ])("%#: wrong ones are named", (given, anew, message) => {
    expect(() => knownStretch({ sound: given, anew }, span, codec)).toThrow(message);
  });
});

describe("what is heard", () => {
  it("is the sound itself where it stays, at its own rate and in its own channels, and what was made elsewhere", () => {
    const own = sound(4, 12_000, 2);
    const known = knownStretch({ sound: own, anew: [{ start: 4, end: 5 }] }, span, codec);
    const joiner = createJoiner(known, 8000, 4);
    expect(joiner.sampleRate).toBe(12_000);
    const made = new Float32Array(4 * 8000).fill(0.5);
    const pieces = [joiner.push([made.subarray(0, 9001)], false), joiner.push([made.subarray(9001)], true)];
    for (const [index, channel] of own.channels.entries()) {
      const heard = Float32Array.from(pieces.flatMap((piece) => [...(piece[index] as Float32Array)]));
      expect(heard.length).toBe(48_000);
      expect(heard.subarray(0, 12_001)).toEqual(channel.subarray(0, 12_001));
      expect(heard.subarray(24_000)).toEqual(channel.subarray(24_000));
      for (const value of heard.subarray(12_240, 23_760)) expect(Math.abs(value - 0.5)).toBeLessThan(1e-3);
    }
  });
  it("goes over from the end of the sound to what goes on from it", () => {
    const known = knownStretch({ sound: sound(2) }, span, codec);
    expect([0, 15_839, 15_920, 15_999, 16_000].map((sample) => Math.round(100 * known.gainAt(sample)) / 100)).toEqual([
      1, 1, 0.5, 0, 0,
    ]);
  });
  it("without a sound is what was made", () => {
    const made = [new Float32Array(8)];
    expect(createJoiner(undefined, 8000, 1).push(made, true)).toBe(made);
  });
});
