import { expect, it } from "vitest";
import { parseTime } from "./time.js";

it("reads times as people write them, and nothing else", () => {
  const read = ["3.5", ".5", "63", "1:03.5", "75:00", "1:02:03", "0:0:0.25", "100:00:00", " 1:00 "];
  expect(read.map(parseTime)).toEqual([3.5, 0.5, 63, 63.5, 4500, 3723, 0.25, 360_000, 60]);
  for (const text of ["", ":", "soon", "-1", "1:", ":30", "1:60", "1:60:00", "1:00:60", "1:2:3:4", "1e3", "1,5", "1:-3", "0x1"])
    expect(parseTime(text), text).toBeUndefined();
});
