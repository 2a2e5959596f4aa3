import { untrainedMini } from "@foley-control/mini";
import { expect, it } from "vitest";
import { planWindows } from "./windows.js";

const { backbone } = untrainedMini();
const rate = backbone.codec.sampleRate / backbone.codec.hop;

it("what is sampled at once is one window, also when its container says a little more", () => {
  for (const seconds of [0.1, 4, 11.9, 12, 12.04]) {
    const total = Math.ceil(Math.round(seconds * 24_000) / backbone.codec.hop);
    expect(planWindows(backbone, seconds)).toEqual([{ from: 0, to: total, joint: 0, fresh: 0, until: total }]);
  }
});

it("longer sounds are windows of one length; each latent is decided once, knows what is before it, and none at an end that goes on", () => {
  for (const seconds of [12.1, 12.6, 13, 20, 23, 47.3, 61, 600, 7200]) {
    const windows = planWindows(backbone, seconds);
    expect(new Set(windows.map(({ from, to }) => to - from)).size).toBe(1);
    for (const [k, { from, to, joint, fresh, until }] of windows.entries()) {
      expect(fresh).toBe(windows[k - 1]?.until ?? 0);
      expect(until).toBeGreaterThan(fresh);
      expect(joint).toBe(from);
      expect(fresh - from).toBe(k === 0 ? 0 : Math.round(0.75 * rate));
      // What is made again ends as far before the end of every window, also of the last but one.
      if (k < windows.length - 1) expect(to - until).toBe(Math.round(0.75 * rate));
    }
    // Where the last window begins does not depend on where the sound ends.
    const longer = planWindows(backbone, seconds + 100);
    expect(windows.map(({ from }) => from)).toEqual(longer.slice(0, windows.length).map(({ from }) => from));
    const total = Math.ceil(Math.round(seconds * 24_000) / backbone.codec.hop);
    expect(windows.at(-1)?.until).toBe(total);
    expect(windows.at(-1)?.to).toBeGreaterThanOrEqual(total);
    // A second in ten is made twice.
    expect(windows.length).toBeLessThanOrEqual(Math.ceil(seconds / 10.4) + 1);
  }
});
