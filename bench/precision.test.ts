/** How far each precision is from the reference at real width, and that it is the islands that keep it there. */

import { PRECISIONS } from "@foley-control/graph";
import { describe, expect, it } from "vitest";
import { measurePrecision, type PrecisionRow } from "./precision.js";
import { type RealWidthCase, realWidthCase } from "./real-width.js";

/** ‖y − reference‖ / ‖reference‖ that is allowed, and that must be there because numbers were rounded. */
const BOUNDS = {
  "t5-base-width": { float16: [1e-4, 1e-3], int8: [1e-3, 1.5e-2] },
  "sao-small-real-block": { float16: [1e-4, 1.5e-3], int8: [1e-3, 2e-2] },
} as const;

for (const [name, bounds] of Object.entries(BOUNDS)) {
  describe(name, () => {
    let one: RealWidthCase;
    const rows: Record<string, PrecisionRow> = {};
    it("is computed in every precision", async () => {
      one = realWidthCase(name as keyof typeof BOUNDS);
      for (const precision of PRECISIONS) rows[precision] = await measurePrecision(one, precision, 1);
      expect(rows["float32"]?.relL2).toBeLessThan(1e-5);
    }, 180_000);
    for (const precision of ["float16", "int8"] as const) {
      it(`is near in ${precision}, with fewer bytes`, () => {
        const [least, most] = bounds[precision];
        const { relL2, weightBytes } = rows[precision] as PrecisionRow;
        expect(relL2).toBeGreaterThan(least);
        expect(relL2).toBeLessThan(most);
        expect(weightBytes).toBeLessThan(0.75 * (rows["float32"] as PrecisionRow).weightBytes);
      });
    }
  });
}
