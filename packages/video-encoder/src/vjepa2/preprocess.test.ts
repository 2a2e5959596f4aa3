/** Pictures for V-JEPA 2; whole pictures, bit for bit, are checked by the golden cases. */
import { goldenCase } from "@foley-control/golden/node";
import { expect, test } from "vitest";
import { normaliseTable, planCrop, VJEPA2_NORMALISATION } from "./preprocess.js";

test("the number of every byte", () => {
  const table = normaliseTable(VJEPA2_NORMALISATION).flatMap((values) => [...values]);
  expect(Float32Array.from(table)).toEqual(goldenCase("vjepa2/vjepa2-preprocess").stored("normalize_lut").data);
});

test("a crop that is wider than tall is covered as closely", () => {
  expect(planCrop(1080, 1920, [256, 448])).toEqual({ height: 292, width: 519, top: 18, left: 35 });
  expect(planCrop(1920, 1080, [256, 448])).toEqual({ height: 910, width: 512, top: 327, left: 32 });
});
