/** The figures of given events against sounds whose obedience is known. */
import { describe, expect, it } from "vitest";
import { type ObeyedTrack, obedience, spearman } from "./score.js";
import { givenTrack } from "./tracks.js";

const tracks = Array.from({ length: 40 }, (_, i) => givenTrack(i, 4));
const obeyed = (
  time: (time: number) => number,
  level: (strength: number, i: number) => number,
  keep = (_: number) => true,
): readonly ObeyedTrack[] =>
  tracks.map(({ events }) => {
    const heard = events.filter((_, i) => keep(i));
    return { events, times: heard.map((event) => time(event.time)), levels: heard.map(({ strength }, i) => level(strength, i)) };
  });

describe("tracks", () => {
  it("are of one to eight events a second, apart from each other and from the ends, and each its own", () => {
    for (const { events, rate, prompt } of tracks) {
      expect(rate).toBeGreaterThanOrEqual(1);
      expect(rate).toBeLessThanOrEqual(8);
      expect(prompt).not.toBe("");
      const times = events.map(({ time }) => time);
      expect([Math.min(...times) >= 0.1, Math.max(...times) <= 3.9]).toEqual([true, true]);
      for (const [i, time] of times.slice(1).entries()) expect(time - (times[i] as number)).toBeGreaterThanOrEqual(0.08 - 1e-9);
      for (const { strength } of events) expect(strength > 0 && strength <= 1).toBe(true);
    }
    const rates = tracks.map(({ rate }) => rate);
    expect(Math.min(...rates)).toBeLessThan(2);
    expect(Math.max(...rates)).toBeGreaterThan(7);
    expect(givenTrack(3, 4)).toEqual(tracks[3]);
    expect(new Set(tracks.map(({ events }) => events[0]?.time)).size).toBe(tracks.length);
  });
});

describe("obedience", () => {
  it("is whole for what comes when and as hard as it was told, and chance is far below", () => {
    const { f1At30, strengths, otherTrack, lagMs } = obedience(
      obeyed(
        (time) => time + 0.01,
        (strength) => 20 * Math.log10(strength),
      ),
    );
    expect([f1At30, strengths]).toEqual([1, 1]);
    expect(lagMs).toBeCloseTo(10, 6);
    expect(otherTrack).toBeLessThan(0.5);
  });
  it("falls with what is late, left out, or struck anyhow", () => {
    const loud = (strength: number) => strength;
    expect(obedience(obeyed((time) => time + 0.035, loud)).f1At30).toBeLessThan(0.3);
    const half = obedience(
      obeyed(
        (time) => time,
        loud,
        (i) => i % 2 === 0,
      ),
    );
    expect([half.precision, half.recall]).toEqual([1, expect.closeTo(0.5, 1)]);
    expect(
      obedience(
        obeyed(
          (time) => time,
          (_, i) => (i * 7) % 5,
        ),
      ).strengths,
    ).toBeLessThan(0.2);
  });
  it("ranks share what is equal", () => {
    expect(spearman([1, 2, 3, 4], [10, 20, 20, 30])).toBeCloseTo(0.9487, 4);
    expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(spearman([1, 2, 3], [2, 2, 2])).toBe(0);
  });
});
