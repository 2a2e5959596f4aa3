/** Contacts from logits, and events as channels of tokens. */
import { FoleyError } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { EVENT_CHANNELS, eventChannels, eventTokens, withEvents } from "./event-channels.js";
import { findContacts, frameLogits } from "./find-contacts.js";

const contacts = { cells: [2, 3] as const, threshold: 0, spacing: 0.1, lag: 0 };
const event = (time: number, strength = 1) => ({ time, strength, source: "person" as const });

/** Logits of 32 fps in which cell `cell` of some frames stands out. */
function logits(frames: number, peaks: readonly (readonly [frame: number, cell: number, logit: number])[]) {
  const cells = new Float32Array(frames * 6).fill(-9);
  for (const [frame, cell, logit] of peaks) cells[frame * 6 + cell] = logit;
  return { frameRate: 32, cells, strengths: new Float32Array(frames).fill(0.4) };
}

describe("contacts", () => {
  test("the odds of a frame's cells add up", () => {
    const [level] = frameLogits({ cells: Float32Array.from([0, 1, -2]), strengths: new Float32Array(1) });
    expect(level).toBeCloseTo(Math.log(1 + Math.E + Math.exp(-2)), 5);
    expect(frameLogits({ cells: Float32Array.from([900, 900]), strengths: new Float32Array(1) })[0]).toBeCloseTo(
      900 + Math.log(2),
      3,
    );
  });
  test("a peak above the threshold is an event in the middle of its frame, at the place of its cell", () => {
    expect(
      findContacts(
        logits(20, [
          [8, 5, 3],
          [14, 0, -1],
        ]),
        contacts,
      ),
    ).toEqual([{ time: 8.5 / 32, strength: expect.closeTo(0.4, 5), place: { x: 2.5 / 3, y: 0.75 }, source: "encoder" }]);
  });
  test("of two peaks that are too close the higher one counts", () => {
    const times = findContacts(
      logits(30, [
        [8, 0, 3],
        [10, 0, 4],
        [14, 0, 2],
      ]),
      contacts,
    ).map(({ time }) => time * 32);
    expect(times).toEqual([10.5, 14.5]);
  });
  test("a peak that leans to one side lies there; what is seen late is set back", () => {
    const leaning = logits(20, [
      [8, 0, 4],
      [9, 0, 3],
      [7, 0, 1],
    ]);
    const [found] = findContacts(leaning, contacts);
    expect((found?.time ?? 0) * 32).toBeGreaterThan(8.6);
    const [earlier] = findContacts(leaning, { ...contacts, lag: 0.05 });
    expect((found?.time ?? 0) - (earlier?.time ?? 0)).toBeCloseTo(0.05, 6);
  });
  test("a plateau at the end, a single frame and no frame at all are no trouble", () => {
    expect(
      findContacts(
        logits(3, [
          [1, 0, 2],
          [2, 0, 2],
        ]),
        contacts,
      ),
    ).toHaveLength(1);
    expect(findContacts(logits(1, [[0, 0, 2]]), contacts)).toHaveLength(1);
    expect(findContacts(logits(0, []), contacts)).toEqual([]);
  });
});

describe("channels", () => {
  const parts = (EVENT_CHANNELS - 1) / 2;
  test("an event is shared by the two nearest quarters of a token, and its time can be read from them", () => {
    for (const time of [0.03, 0.1, 0.3111, 0.77]) {
      const data = eventChannels([event(time, 0.5)], 16, 16);
      let [shares, moments, strengths] = [0, 0, 0];
      for (let token = 0; token < 16; token++)
        for (let part = 0; part < parts; part++) {
          const share = data[token * EVENT_CHANNELS + 1 + part] as number;
          shares += share;
          moments += (share * (token * parts + part + 0.5)) / (16 * parts);
          strengths += data[token * EVENT_CHANNELS + 1 + parts + part] as number;
        }
      expect(shares).toBeCloseTo(1, 5);
      expect(moments).toBeCloseTo(time, 5);
      expect(strengths).toBeCloseTo(0.5, 5);
    }
  });
  test("that nothing happens is known too; events beyond the tokens are left out", () => {
    const data = eventChannels([event(-1), event(7)], 4, 16);
    for (const [i, value] of data.entries()) expect(value).toBe(i % EVENT_CHANNELS === 0 ? 1 : 0);
  });
  const encoder = { id: "toy", contacts, tokenRate: 16, tokenWidth: EVENT_CHANNELS + 2 };
  const tokens = { dtype: "float32" as const, shape: [1, 2, 11], data: new Float32Array(22).fill(3) };
  test("tokens keep the picture's channels, or lose them", () => {
    const both = withEvents(tokens, encoder, [event(0.08)]).data;
    const alone = eventTokens([event(0.08)], encoder, 2).data;
    expect([...both.subarray(0, 3)]).toEqual([3, 3, 1]);
    expect([...alone.subarray(0, 3)]).toEqual([0, 0, 1]);
    expect(both.subarray(13)).toEqual(alone.subarray(13));
    expect(both.subarray(13).reduce((sum, value) => sum + value)).toBeGreaterThan(2.5);
    expect(tokens.data.every((value) => value === 3)).toBe(true);
  });
  test("what lasts is said where an encoder has a channel for it", () => {
    const level = (time: number) => 4 * time;
    const saying = { ...encoder, tokenWidth: EVENT_CHANNELS + 1, contacts: { ...contacts, level: 0 } };
    const { data } = eventTokens([], saying, 3, level);
    expect([0, 1, 2].map((step) => data[step * 10])).toEqual([0.125, 0.375, 0.625]);
    expect(eventTokens([], encoder, 3, level).data.reduce((sum, value) => sum + value)).toBe(3);
  });
  test("an encoder without contacts has no place for them", () => {
    expect(() => withEvents(tokens, { ...encoder, contacts: undefined }, [])).toThrow(FoleyError);
  });
});
