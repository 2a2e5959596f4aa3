/** How far each precision is from the reference at real width, and that it is the islands that keep it there. */

import { float32ToFloat16, type ParameterSource, parameterTensor, type StoredParameter } from "@foley-control/core";
import type { Precision } from "@foley-control/graph";
import { parseSafetensors } from "@foley-control/weights";
import { describe, expect, it } from "vitest";
import { measurePrecisions, type PrecisionRow } from "./measure.js";
import { realWidthCase } from "./real-width.js";

/** ‖y − reference‖ / ‖reference‖ that is allowed, and that must be there because numbers were rounded. */
const BOUNDS = {
  "t5-base-width": { float16: [1e-4, 1e-3], int8: [1e-3, 1.5e-2] },
  "sao-small-real-block": { float16: [1e-4, 1.5e-3], int8: [1e-3, 2e-2] },
} as const;

// Weights by a formula take seconds: once for all tests.
const t5 = realWidthCase("t5-base-width");

for (const [name, bounds] of Object.entries(BOUNDS)) {
  describe(name, () => {
    let rows: Readonly<Record<Precision, PrecisionRow>>;
    it("is computed in every precision", async () => {
      rows = await measurePrecisions(name === t5.name ? t5 : realWidthCase(name as keyof typeof BOUNDS), 0);
      expect(rows.float32.relL2).toBeLessThan(1e-5);
    }, 180_000);
    for (const precision of ["float16", "int8"] as const) {
      it(`is near in ${precision}, with fewer bytes`, () => {
        const [least, most] = bounds[precision];
        const { relL2, weightBytes } = rows[precision];
        expect(relL2).toBeGreaterThan(least);
        expect(relL2).toBeLessThan(most);
        expect(weightBytes).toBeLessThan(0.75 * rows.float32.weightBytes);
      });
    }
  });
}

describe("weights as others store them", () => {
  it("bfloat16 and float16 are taken in every precision", async () => {
    for (const dtype of ["BF16", "F16"] as const) {
      const weights = parseSafetensors(stored(t5.weights, dtype));
      for (const { relL2 } of Object.values(await measurePrecisions({ ...t5, weights }, 0))) {
        expect(relL2).toBeGreaterThan(1e-5);
        expect(relL2).toBeLessThan(2e-2);
      }
    }
  }, 180_000);
});

/** float32 → bit patterns of bfloat16, the upper half of a float32, to nearest with ties to even. A loop: `from` takes ten times as long. */
function float32ToBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    halves[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}

/** A safetensors file of the source's weights, rounded. */
function stored(source: ParameterSource, dtype: "BF16" | "F16"): Uint8Array {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const name of source.names()) {
    const { shape, data } = parameterTensor(name, source.get(name) as StoredParameter);
    const rounded = (dtype === "BF16" ? float32ToBfloat16 : float32ToFloat16)(data as Float32Array);
    header[name] = { dtype, shape, data_offsets: [at, at + rounded.byteLength] };
    at += rounded.byteLength;
    parts.push(new Uint8Array(rounded.buffer));
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, ...parts]);
}
