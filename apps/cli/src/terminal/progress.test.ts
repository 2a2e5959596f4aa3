/** What a person sees while a generation goes on: a share that only grows, in small steps, with time that passed and time left. */
import type { ProgressEvent } from "@foley-control/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createShares } from "../batch/shares.js";
import type { Io } from "../io.js";
import { quietIo } from "../testing.js";
import { clockText } from "./duration.js";
import { createProgress } from "./progress.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A display that writes into a text. */
function display(terminal: boolean) {
  const lines: string[] = [];
  const io: Io = {
    out: () => undefined,
    err: (text) => void lines.push(text),
    outIsTerminal: false,
    errIsTerminal: terminal,
    columns: 120,
    env: {},
    signal: new AbortController().signal,
  };
  return { lines, progress: createProgress(io, false) };
}

/** Events of one generation: pictures are read and watched in turns, as windows go from the file to the encoder. */
function* generation({ reads = true, writes = true, steps = 10, windows = 1 } = {}): Generator<ProgressEvent> {
  for (let index = 0; windows > 1 && index < windows; index++) {
    yield { type: "window-start", index, count: windows, seconds: index * 10, totalSeconds: windows * 10 };
    yield* generation({ reads, writes: writes && index === windows - 1, steps });
  }
  if (windows > 1) return;
  for (let window = 0; reads && window < 4; window++) {
    for (let done = 1; done <= 8; done++) yield { type: "read-progress", part: "video", done: window * 8 + done, total: 32 };
    yield { type: "encode-progress", part: "video", done: window + 1, total: 4 };
  }
  for (let index = 0; index < steps; index++) {
    yield { type: "step-start", index, count: steps, sigma: 1 };
    yield { type: "step-end", index, count: steps, sigma: 1 };
  }
  for (let done = 0; done <= 4; done++) yield { type: "decode-progress", done, total: 4 };
  if (writes) for (let done = 0; done <= 10; done++) yield { type: "write-progress", path: "x", done, total: 10 };
}

const percentages = (lines: readonly string[]): readonly number[] =>
  lines.flatMap((line) => {
    const match = /(\d+) %/.exec(line);
    return match ? [Number(match[1])] : [];
  });

describe("the bar", () => {
  it.each([
    ["one clip", 1, {}],
    ["a clip that nobody looks at, without a video to write", 1, { reads: false, writes: false }],
    ["three clips, of which sounds alone are written", 3, { writes: false }],
    ["a film of five windows", 1, { windows: 5 }],
    ["two films of three windows", 2, { windows: 3 }],
  ] as const)("%s: never goes back and never leaps", (_, pieces, what) => {
    const { lines, progress } = display(true);
    progress.listen({ type: "load-start", part: "model" });
    for (let piece = 0; piece < pieces; piece++) {
      progress.piece(piece, pieces);
      for (const event of generation(what)) {
        vi.advanceTimersByTime(100);
        progress.listen(event);
      }
      progress.end();
    }
    const seen = percentages(lines);
    expect(seen.length).toBeGreaterThan(20);
    const steps = seen.slice(1).map((value, i) => value - (seen[i] as number));
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...steps)).toBeLessThanOrEqual(10);
    expect(seen.at(-1)).toBeGreaterThanOrEqual(90);
  });

  it("tells the time that passed, also while nothing is heard, and the time left, which runs down", () => {
    const { lines, progress } = display(true);
    progress.listen({ type: "load-start", part: "model" });
    vi.advanceTimersByTime(3000);
    expect(lines.at(-1)).toMatch(/loading the model {2}0:03\s*$/);
    for (let index = 0; index < 100; index++) {
      vi.advanceTimersByTime(1000);
      progress.listen({ type: "step-end", index, count: 100, sigma: 1 });
    }
    const left = lines.flatMap((line) => {
      const match = /(\d+):(\d\d) left/.exec(line);
      return match ? [Number(match[1]) * 60 + Number(match[2])] : [];
    });
    expect(left.length).toBeGreaterThan(50);
    const leaps = left.slice(20).map((value, i) => Math.abs(value - (left[19 + i] as number)));
    expect(Math.max(...leaps)).toBeLessThanOrEqual(5);
    const written = lines.length;
    progress.end();
    vi.advanceTimersByTime(5000);
    expect(lines.length).toBe(written + 1);
  });

  it("is a line per stage, once, where there is no terminal; of several pieces with their names", () => {
    const { lines, progress } = display(false);
    for (const event of generation()) progress.listen(event);
    expect(lines).toEqual(["reading the clip …\n", "watching …\n", "sampling …\n", "decoding the sound …\n", "writing …\n"]);
    const several = display(false);
    for (const [index, name] of ["a.mp4", "b.mp4"].entries()) {
      several.progress.piece(index, 2, name);
      several.progress.listen({ type: "step-end", index: 0, count: 2, sigma: 1 });
    }
    expect(several.lines).toEqual(["1/2 a.mp4: sampling …\n", "2/2 b.mp4: sampling …\n"]);
  });
});

describe("a long sound", () => {
  it("says which second of how many, with the time left", () => {
    const { lines, progress } = display(true);
    for (const event of generation({ windows: 5 })) {
      vi.advanceTimersByTime(1000);
      progress.listen(event);
    }
    expect(lines.some((line) => / % {2}0:20 of 0:50 {2}sampling 3\/10 {2}\d:\d\d, \d:\d\d left\s*$/.test(line))).toBe(true);
  });

  it("has a line for each part where there is no terminal", () => {
    const { lines, progress } = display(false);
    for (const event of generation({ windows: 3, reads: false, writes: false })) {
      vi.advanceTimersByTime(1000);
      progress.listen(event);
    }
    expect(lines).toEqual([
      "0:00 of 0:30 …\n",
      "sampling …\n",
      "decoding the sound …\n",
      expect.stringMatching(/^0:10 of 0:30, \d:\d\d left …\n$/),
      expect.stringMatching(/^0:20 of 0:30, \d:\d\d left …\n$/),
    ]);
  });
});

it("of many pieces at once the shares add up, with the time that is left from the first on; one that fails is done", () => {
  const lines: string[] = [];
  const io = quietIo({ err: (text) => void lines.push(text), errIsTerminal: true, columns: 120 });
  const shares = createShares(createProgress(io, false, 100), 100, io, false);
  for (let piece = 0; piece < 100; piece += 2) {
    const [one, two] = [shares(`${piece}.mp4`), shares(`${piece + 1}.mp4`)];
    for (const event of generation()) {
      vi.advanceTimersByTime(50);
      one.listen(event);
      if (event.type !== "write-progress") two.listen(event);
    }
    one[Symbol.dispose]();
    two[Symbol.dispose]();
    if (piece === 2) expect(lines.at(-1)).toMatch(/ 3 % {2}3\/100 2\.mp4: writing {2}0:\d\d, \d:\d\d left/);
  }
  const seen = percentages(lines);
  expect(seen.slice(1).every((value, i) => value >= (seen[i] as number))).toBe(true);
  expect(seen.at(-1)).toBe(99);
});

it("a clock has hours when there are some", () => {
  expect([0, 7.4, 61, 754, 3600, 3723].map(clockText)).toEqual(["0:00", "0:07", "1:01", "12:34", "1:00:00", "1:02:03"]);
});
