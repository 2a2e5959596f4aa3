import { describe, expect, it } from "vitest";
import { float16ToFloat32, float32ToFloat16 } from "./float16.js";

/** The value of a finite float16 by its definition. */
function valueOf(word: number): number {
  const exponent = (word >> 10) & 31;
  const mantissa = word & 1023;
  const magnitude = exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25);
  return word & 0x8000 ? -magnitude : magnitude;
}

describe("float16", () => {
  it("decodes every finite pattern to its definition and encodes it back to the same bits", () => {
    const words = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = float16ToFloat32(words);
    for (let i = 0; i < 65536; i++) {
      if (((i >> 10) & 31) !== 31 && !Object.is(values[i], valueOf(i))) expect.fail(`pattern ${i} decodes to ${values[i]}`);
    }
    const back = float32ToFloat16(values);
    for (let i = 0; i < 65536; i++) {
      // A NaN keeps its payload and is quiet.
      const isNaNPattern = ((i >> 10) & 31) === 31 && (i & 1023) !== 0;
      if (back[i] !== (isNaNPattern ? i | 0x200 : i)) expect.fail(`pattern ${i} comes back as ${back[i]}`);
    }
  });

  it("rounds to nearest, ties to even, between all neighbours", () => {
    const middles: number[] = [];
    const expected: number[] = [];
    for (let word = 0; word < 0x7bff; word++) {
      const low = valueOf(word);
      const middle = (low + valueOf(word + 1)) / 2;
      const ulp = Math.max(middle * 2 ** -23, 2 ** -126);
      middles.push(middle, middle - ulp, middle + ulp);
      expected.push(word % 2 === 0 ? word : word + 1, word, word + 1);
    }
    expect(float32ToFloat16(Float32Array.from(middles)).join()).toBe(expected.join());
    expect(float32ToFloat16(Float32Array.from(middles, (x) => -x)).join()).toBe(expected.map((word) => word | 0x8000).join());
  });

  it("keeps infinities and overflows where float16 does", () => {
    const values = Float32Array.of(Infinity, -Infinity, 65504, 65519.996, 65520, 1e30, -1e-30, -0);
    expect([...float32ToFloat16(values)]).toEqual([0x7c00, 0xfc00, 0x7bff, 0x7bff, 0x7c00, 0x7c00, 0x8000, 0x8000]);
    expect(float16ToFloat32(Uint16Array.of(0x7c00, 0xfc00))).toEqual(Float32Array.of(Infinity, -Infinity));
  });

  it("converts views that do not start at the buffer's start", () => {
    const view = new Float32Array(new Float32Array([9, 1, -2]).buffer, 4, 2);
    expect([...float32ToFloat16(view)]).toEqual([0x3c00, 0xc000]);
  });
});
