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

it("longer sounds are windows of one length; each latent is decided once, knows a second before it, and none at an end that goes on", () => {
  for (const seconds of [12.1, 12.6, 13, 20, 23, 47.3, 61, 600, 7200]) {
    const windows = planWindows(backbone, seconds);
    expect(new Set(windows.map(({ from, to }) => to - from)).size).toBe(1);
    for (const [k, { from, to, joint, fresh, until }] of windows.entries()) {
      expect(fresh).toBe(windows[k - 1]?.until ?? 0);
      expect(until).toBeGreaterThan(fresh);
      expect(joint).toBeGreaterThanOrEqual(from);
      expect(fresh - joint).toBe(k === 0 ? 0 : Math.round(rate));
      expect(fresh - from).toBeGreaterThanOrEqual(k === 0 ? 0 : Math.floor(rate));
      if (k < windows.length - 1) expect(to - until).toBeGreaterThanOrEqual(Math.floor(rate / 2));
    }
    expect(windows.at(-1)).toMatchObject({ to: Math.ceil(Math.round(seconds * 24_000) / backbone.codec.hop) });
    expect(windows.at(-1)?.until).toBe(windows.at(-1)?.to);
    // A second in ten is made twice.
    expect(windows.length).toBeLessThanOrEqual(Math.ceil(seconds / 10.4) + 1);
  }
});
