import { expect, test } from "vitest";
import type { TakeSettings } from "../../document/document.js";
import { settingsDiff } from "./settings-diff.js";

const event = (time: number, strength = 1) => ({ time, strength, source: "encoder" }) as const;
const base: TakeSettings = {
  ...{ prompt: "gravel", negativePrompt: "", seed: 1, steps: 24, guidanceScale: 3, videoStrength: 1 },
  ...{ events: [event(1), event(2), event(3)], model: "mini" },
};

test("takes of the same settings do not differ", () => {
  expect(settingsDiff(base, structuredClone(base))).toEqual([]);
});

test("each setting that differs is named with both values", () => {
  expect(settingsDiff({ ...base, prompt: "wood", seed: 2 }, base)).toEqual([
    { what: "prompt", here: "wood", there: "gravel" },
    { what: "seed", here: 2, there: 1 },
  ]);
  expect(settingsDiff({ ...base, steps: 8, model: "own" }, base).map(({ what }) => what)).toEqual(["steps", "model"]);
});

test("an event near its old place was moved, others came or went", () => {
  const events = [event(1.2), event(3), event(9)];
  expect(settingsDiff({ ...base, events }, base)).toEqual([{ what: "events", moved: 1, added: 1, removed: 1 }]);
  expect(settingsDiff({ ...base, events: [event(1), event(2, 0.5), event(3)] }, base)).toEqual([
    { what: "events", moved: 1, added: 0, removed: 0 },
  ]);
});
