/** A picture that does not decode: what would help is said, for that codec. */
import { expect, test } from "vitest";
import { codecHelp } from "./codec-help.js";

test("where another browser decodes it that is said, and always what to convert it to", () => {
  expect(codecHelp("hevc")).toMatch(/Safari .*graphics processor.*H\.264/);
  expect(codecHelp("avc")).toMatch(/10 bits.*H\.264/);
  for (const codec of ["mp4v", "apcn", "unknown", "toString"]) expect(codecHelp(codec)).toMatch(/^No browser.*H\.264 in mp4/);
});
