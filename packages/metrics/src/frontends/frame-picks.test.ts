import { describe, expect, test } from "vitest";
import { pickTimes } from "./frame-picks.js";
import { pickFrames } from "./pick-frames.test-support.js";

const at = (fps: number, seconds: number) => Array.from({ length: Math.round(fps * seconds) }, (_, i) => i / fps);
const picked = (fps: number, rate: number, seconds = 8) => [...pickFrames(at(fps, seconds), { rate, seconds })];

describe("frames as ffmpeg's fps filter hands them on", () => {
  test("every two seconds: just before 1, 3, 5 and 7 s", () => {
    expect(picked(25, 0.5)).toEqual([24, 74, 124, 174]);
    expect(picked(30, 0.5)).toEqual([29, 89, 149, 209]);
    expect(picked(25, 0.5, 10)).toHaveLength(5);
  });

  test("25 per second from 24: one of each second twice", () => {
    const found = picked(24, 25);
    expect(found).toHaveLength(200);
    expect(found.slice(10, 14)).toEqual([10, 11, 11, 12]);
    expect(new Set(found).size).toBe(192);
  });

  test("25 per second from 30, 50 and 29.97", () => {
    expect(picked(30, 25).slice(0, 9)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 10]);
    expect(picked(50, 25).slice(0, 4)).toEqual([0, 2, 4, 6]);
    expect(picked(25, 25)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(picked(30000 / 1001, 25).slice(0, 9)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 10]);
  });

  test("the times are those at which a player shows the same frames", () => {
    const times = at(24000 / 1001, 8);
    const shown = [...pickTimes({ rate: 25, seconds: 8 })].map((time) => times.filter((begin) => begin <= time).length - 1);
    expect([...pickFrames(times, { rate: 25, seconds: 8 })]).toEqual(shown);
    expect([...pickTimes({ rate: 0.5, seconds: 8 })].map((time) => Number(time.toFixed(4)))).toEqual([1, 3, 5, 7]);
  });

  test("a frame halfway between two places goes to the later one, however its time was rounded", () => {
    for (const noise of [-1e-7, 0, 1e-7])
      expect([...pickFrames([0, 1 + noise, 2], { rate: 0.5, seconds: 4 }, 4)]).toEqual([0, 2]);
  });

  test("frames that come irregularly are held until the next one", () => {
    expect([...pickFrames([0, 0.3, 0.31, 2.9], { rate: 1, seconds: 4 }, 4)]).toEqual([2, 2, 2, 3]);
  });

  test("a video that is too short is refused, half a frame is not missed", () => {
    expect(() => pickFrames(at(25, 7.9), { rate: 25, seconds: 8 })).toThrow(
      /lasts 7.92 s, which gives 198 frames at 25 per second; 200 are needed for 8 s/,
    );
    expect(pickFrames(at(25, 7.2), { rate: 0.5, seconds: 8 })).toHaveLength(4);
    expect(() => pickFrames([], { rate: 25, seconds: 8 })).toThrow(/gives 0 frames/);
    expect(() => pickFrames([0], { rate: 25, seconds: 8 })).toThrow(/lasts 0 s/);
  });

  test.each([
    [[0, Number.NaN], 25, /times\[1\] is NaN/],
    [[0, 1, 0.5], 25, /times\[2\] is 0.5; increasing/],
    [[0, 1], 0, /rate is 0/],
  ] as const)("%o at %f is refused", (times, rate, message) => {
    expect(() => pickFrames(times, { rate, seconds: 1 })).toThrow(message);
  });
});
