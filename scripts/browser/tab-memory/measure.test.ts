import { expect, test } from "vitest";
import { residentOf, tableOf } from "./measure.js";

test("of a process the larger of what it has and of what it had is told, in megabytes", () => {
  expect(residentOf("Name:\tchromium\nVmHWM:\t 2208000 kB\nVmRSS:\t 1789000 kB\n")).toBe(2208);
  expect(residentOf("VmHWM:\t 10 kB\nVmRSS:\t 3000400 kB\n")).toBe(3000);
});

test("a sound that could not be made has its row, with the memory up to there and why", () => {
  const [, , made, failed] = tableOf([
    { precision: "int8", peaks: { empty: 120, sound: 2208 }, told: { firstStepMs: 89_780, soundMs: 120_820, seconds: 8 } },
    { precision: "float32", peaks: { empty: 120, failed: 4200 }, failure: "out of memory" },
  ]);
  expect(made).toBe("| int8 | 120 | — | — | — | 2208 | 90 | 121 |");
  expect(failed).toBe("| float32 | 120 | — | — | — | — | at 4200 MB: out of memory | — |");
});
