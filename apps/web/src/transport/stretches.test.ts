/** Plans: to the end and no further, loops without a gap, backwards, and where a moment lies. */
import { describe, expect, it } from "vitest";
import { endOf, nextStretch, positionAt, type Stretch } from "./stretches.js";

function plan(from: number, count: number, options: Parameters<typeof nextStretch>[2]): Stretch[] {
  const stretches: Stretch[] = [];
  for (let at = 10; stretches.length < count; ) {
    const last = stretches.at(-1);
    const next = nextStretch(at, last ? endOf(last) : from, options);
    if (next === undefined) break;
    stretches.push(next);
    at += next.length;
  }
  return stretches;
}

describe("nextStretch", () => {
  it("plays to the end and stops there", () => {
    const stretches = plan(8.8, 99, { rate: 1, duration: 10, loop: undefined });
    expect(stretches.map(({ from }) => from)).toEqual([8.8, 9.3, 9.8].map((value) => expect.closeTo(value, 9) as number));
    expect(endOf(stretches.at(-1) as Stretch)).toBeCloseTo(10, 9);
  });

  it("begins a loop again exactly where it ended, from behind it too", () => {
    const loop = { start: 2, end: 2.7 };
    const stretches = plan(2.6, 5, { rate: 1, duration: 10, loop });
    expect(stretches.map(({ from, length }) => [from, Number(length.toFixed(6))])).toEqual([
      [2.6, 0.1],
      [2, 0.5],
      [2.5, 0.2],
      [2, 0.5],
      [2.5, 0.2],
    ]);
    expect(
      stretches
        .slice(1)
        .every(({ at }, index) => Math.abs(at - (stretches[index] as Stretch).at - (stretches[index] as Stretch).length) < 1e-9),
    ).toBe(true);
    expect(nextStretch(0, 5, { rate: 1, duration: 10, loop })?.from).toBe(2);
    expect(nextStretch(0, 1, { rate: 1, duration: 10, loop })?.from).toBe(1);
  });

  it("goes backwards to 0, and twice as fast", () => {
    const back = plan(1.2, 99, { rate: -2, duration: 10, loop: undefined });
    expect(back.map(({ from }) => from)).toEqual([1.2, expect.closeTo(0.2, 9)]);
    expect(endOf(back.at(-1) as Stretch)).toBeCloseTo(0, 9);
  });

  it("does not plan a loop of nothing", () => {
    expect(plan(3, 99, { rate: 1, duration: 4, loop: { start: 2, end: 2 } })).toHaveLength(2);
  });
});

describe("positionAt", () => {
  it("says where the clip is, and holds the ends", () => {
    const stretches: Stretch[] = [
      { at: 10, length: 0.5, from: 2, rate: 1 },
      { at: 10.5, length: 0.5, from: 1, rate: 2 },
    ];
    expect(positionAt(stretches, 9)).toBe(2);
    expect(positionAt(stretches, 10.25)).toBe(2.25);
    expect(positionAt(stretches, 10.75)).toBe(1.5);
    expect(positionAt(stretches, 20)).toBe(2);
    expect(positionAt([], 1)).toBeUndefined();
  });
});
