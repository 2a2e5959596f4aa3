/** What ffmpeg is told of colours is what our own conversion does. */
import { describe, expect, it } from "vitest";
import { programColour } from "./ffmpeg-colour.js";

describe("programColour", () => {
  it.each([
    [{ matrix: "smpte240m", fullRange: true }, 100, "in_color_matrix=smpte240m:in_range=pc"],
    [{ matrix: "fcc" }, 100, "in_color_matrix=fcc:in_range=tv"],
    [{ matrix: "bt709", fullRange: false }, 100, "in_color_matrix=bt709:in_range=tv"],
    [{}, 719, "in_color_matrix=bt601:in_range=tv"],
    [{}, 720, "in_color_matrix=bt709:in_range=tv"],
  ])("%j of %i rows", (tags, rows, flags) => {
    const picture = Uint8Array.of(1, 2, 3);
    const colour = programColour(tags, rows);
    expect(colour).toMatchObject({ flags, format: "rgb24" });
    expect(colour.rgb(picture)).toBe(picture);
  });
  it("has YCgCo in planes, which it does not know, and converts them here", () => {
    const { format, flags, rgb } = programColour({ matrix: "ycgco", fullRange: true }, 100);
    expect([format, flags]).toEqual(["yuv444p", expect.stringMatching(/in_range=pc:out_range=tv$/)]);
    // Black, and 200, 40, 90 by ISO/IEC 23091-2 §8.3: Y = 92.5, Cg = −52.5, Co = 55, in limited range.
    const planes = Uint8Array.of(16, 95, 128, 82, 128, 176);
    const [first, second] = [
      [0, 0, 0],
      [200, 40, 90],
    ];
    for (const [i, wanted] of [...first, ...second].entries())
      expect(Math.abs((rgb(planes)[i] as number) - wanted)).toBeLessThanOrEqual(2);
  });
});
