/** Sizes of the release, and what is said to other weights; the numbers are checked by the golden case `vggish-tiny`, others at real width. */
import { goldenPath } from "@foley-control/golden/node";
import { flopsOf } from "@foley-control/graph";
import { openCheckpoint } from "@foley-control/weights/node";
import { describe, expect, test } from "vitest";
import { countOf, shapesOnly } from "../shapes.test-support.js";
import { vggishShapes } from "./shapes.test-support.js";
import { VGGISH_RELEASE, vggish } from "./vggish.js";

const release = vggishShapes();

describe("the release", () => {
  test("has as many parameters, and takes as many operations, as the original", () => {
    expect(countOf(release)).toBe(72_141_184);
    const { graph, id } = vggish(shapesOnly(release));
    const pieces = graph({ batch: 10 });
    expect(pieces.outputs["embedding"]?.shape).toEqual([10, 128]);
    expect(flopsOf(pieces) / 17.3e9).toBeCloseTo(1, 1);
    expect(id).toBe("vggish-128");
  });

  test("may have the post-processing beside it, which is not read", () => {
    expect(() => vggish(shapesOnly({ ...release, "pproc.pca_means": [128, 1] }))).not.toThrow();
  });

  test("in its own container is read in place", async () => {
    const path = goldenPath(`metrics/vggish-tiny/${VGGISH_RELEASE.file}`);
    const { weights } = vggish(await openCheckpoint(path, VGGISH_RELEASE.checkpoint));
    expect(weights.get("embeddings.4.weight")).toMatchObject({ shape: [128, 32], bytes: { kind: "file", path } });
  });
});

describe("other weights", () => {
  test("are refused by what is missing, unknown or of another shape", () => {
    const { "features.13.bias": _, ...rest } = release;
    const other = { ...rest, "embeddings.2.weight": [4096, 4095], "features.99.weight": [1] };
    expect(() => vggish(shapesOnly(other))).toThrow(/features\.13\.bias.*embeddings\.2\.weight.*\[4096, 4095\].*features\.99/);
    expect(() => vggish(shapesOnly({ "conv1.weight": [64, 3, 7, 7] }))).toThrow(
      /no weights of VGGish: "features\.0\.weight" is not among the 1 tensors/,
    );
    expect(() => vggish(shapesOnly({ ...release, "features.0.weight": [64, 9] }))).toThrow(/\[64, 9\]; 4 axes were expected/);
  });
});
