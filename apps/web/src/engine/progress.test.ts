import type { ProgressEvent } from "@foley-control/core";
import { expect, test } from "vitest";
import type { TakeProgress } from "./engine.js";
import { followTake, GUESSED_TIMES } from "./progress.js";

/** Follows events that come one second apart. */
function followed(events: readonly ProgressEvent[], watches = true): readonly TakeProgress[] {
  let time = 0;
  const heard: TakeProgress[] = [];
  const follow = followTake((progress) => heard.push(progress), {
    ...{ steps: 4, times: GUESSED_TIMES, watches },
    now: () => time,
  });
  for (const event of events) {
    time += 1000;
    follow(event);
  }
  return heard;
}

const window = (index: number, count: number): readonly ProgressEvent[] => [
  ...(count > 1 ? [{ type: "window-start", index, count, seconds: 4 * index, totalSeconds: 4 * count } as const] : []),
  ...[0, 1, 2].map((done) => ({ type: "encode-progress", part: "video", done, total: 2 }) as const),
  ...[0, 1, 2, 3].map((step) => ({ type: "step-end", index: step, count: 4, sigma: 0 }) as const),
  ...[0, 1].map((done) => ({ type: "decode-progress", done, total: 1 }) as const),
];

test.each([1, 3])("the share of a take of %i windows goes from 0 to 1 and never back", (count) => {
  const events = Array.from({ length: count }, (_, index) => window(index, count)).flat();
  const shares = followed(events).map(({ share }) => share);
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(new Set(shares).size).toBeGreaterThan(7 * count);
});

test("the time that is left is told once something is known of it, and is none at the end", () => {
  const heard = followed(window(0, 1));
  expect(heard[0]?.left).toBeUndefined();
  const half = heard.find(({ share }) => share >= 0.5) as TakeProgress;
  const at = heard.indexOf(half); // seconds
  expect(half.left).toBeCloseTo((at * (1 - half.share)) / half.share, 6);
  expect(heard.at(-1)?.left).toBe(0);
});

test("a take with events of one's own does not wait for the picture", () => {
  const heard = followed(window(0, 1).slice(3), false);
  expect(heard.map(({ phase }) => phase)).not.toContain("video");
  expect(heard[1]?.share).toBeCloseTo(1 / (4 + GUESSED_TIMES.decode), 6);
});

test("a long take says which second it is at; windows that were finished before say nothing of the time that is left", () => {
  const kept = window(0, 4).slice(0, 4);
  const heard = followed([...kept, ...kept.map((event) => ({ ...event, index: 1 }) as ProgressEvent), ...window(2, 4)]);
  expect(heard.find(({ of }) => of?.second === 8)?.of).toEqual({ second: 8, seconds: 16 });
  const last = heard.at(-1) as TakeProgress;
  // The third of four took ten seconds, as will the last.
  expect(last.share).toBeCloseTo(0.75, 6);
  expect(last.left).toBeCloseTo(window(2, 4).length - 1, 6);
});
