/** Who looks on from the page ends a worker that gets nowhere, and no other. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Verdict } from "../apart/guest.js";
import { STEP, Watch } from "./watch.js";

const still = { type: "sign", moves: 1, works: 1, serving: 1, waiting: 0, strayFailures: 0 } as const;

/** A worker that answers as `answer` says, with 10 s for work and 60 s for nothing; what became of it after `seconds`. */
function watched(answer: (look: number) => object | undefined) {
  const ends: Verdict[] = [];
  let looks = 0;
  const watch: Watch = new Watch({
    look: () => {
      const sign = answer(looks++);
      if (sign) watch.take({ ...still, ...sign });
    },
    end: (why) => ends.push(why),
  });
  watch.take({ type: "allow", workSeconds: 10, idleSeconds: 60 });
  watch.hold(true);
  const after = (seconds: number): readonly Verdict[] => {
    vi.advanceTimersByTime(seconds * 1000);
    return ends;
  };
  return { watch, after, looks: () => looks };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a worker is ended", () => {
  it("that gives no sign: it is busy to no end", () => {
    const { after } = watched(() => undefined);
    expect(after(9)).toEqual([]);
    expect(after(2)).toEqual(["work"]);
    expect(after(100)).toEqual(["work"]);
  });
  it("that reads the same again and again", () => {
    const { after } = watched((look) => ({ works: look }));
    expect(after(9)).toEqual([]);
    expect(after(2)).toEqual(["work"]);
  });
  it("that does nothing", () => {
    const { after } = watched(() => ({}));
    expect(after(59)).toEqual([]);
    expect(after(2)).toEqual(["idle"]);
  });
  it("soon, where something failed that nothing has waited for", () => {
    const { after } = watched(() => ({ strayFailures: 1 }));
    expect(after(3)).toEqual(["idle"]);
  });
  it("though the page waits no more, while it still works", () => {
    const { watch, after } = watched((look) => (look < 3 ? { moves: look } : undefined));
    after(1);
    watch.hold(false);
    expect(after(12)).toEqual(["work"]);
  });
});

describe("a worker lives", () => {
  it("that moves, however long it takes", () => {
    expect(watched((look) => ({ moves: Math.floor(look / 30) })).after(1000)).toEqual([]);
  });
  it("that waits for the page", () => {
    expect(watched((look) => ({ works: look, waiting: 1 })).after(1000)).toEqual([]);
  });
  it("that speaks only when it moves, between long pieces of work", () => {
    const { watch, after } = watched(() => undefined);
    for (let moves = 1; moves <= 20; moves++) {
      expect(after(9)).toEqual([]);
      watch.take({ ...still, moves });
    }
  });
  it("and is left alone when nothing is asked of it", () => {
    const { watch, after, looks } = watched(() => ({ serving: 0 }));
    after(1);
    watch.hold(false);
    after(1);
    const seen = looks();
    expect(after(1000)).toEqual([]);
    expect(looks()).toBe(seen);
    expect(STEP).toBeLessThan(1000);
  });
});
