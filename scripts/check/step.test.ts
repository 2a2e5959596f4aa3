import { expect, it } from "vitest";
import { countsLine, none, parseCountsLine, sum } from "./step.js";

it("reads the last line of counts and writes the same form", () => {
  const output = "1 passed, 0 failed, 0 skipped\nnoise\n12 passed, 1 failed, 3 skipped\n";
  const counts = parseCountsLine(output);
  expect(counts).toEqual({ passed: 12, failed: 1, skipped: 3 });
  expect(countsLine(counts ?? none)).toBe("12 passed, 1 failed, 3 skipped");
  expect(parseCountsLine("nothing here")).toBeUndefined();
});

it("adds counts up", () => {
  expect(sum([none, { passed: 2, failed: 1, skipped: 0 }, { passed: 1, failed: 0, skipped: 4 }])).toEqual({
    passed: 3,
    failed: 1,
    skipped: 4,
  });
});
