/** Sizes of the release, and what is said to other weights; the numbers are checked by the golden case `vggish-tiny`, others at real width. */
import { fileURLToPath } from "node:url";
import { flopsOf } from "@foley-control/graph";
import { openCheckpoint } from "@foley-control/weights/node";
import { describe, expect, test } from "vitest";
import { biased, countOf, type Shapes, shapesOnly } from "./release-shapes.test-support.js";
import { VGGISH_RELEASE, vggish } from "./vggish.js";

/** The release, or one of other widths. */
function shapes([a, b, c, d]: readonly [number, number, number, number], hidden: number): Shapes {
  return {
    ...biased("features.0", a, 1, 3, 3),
    ...biased("features.3", b, a, 3, 3),
    ...biased("features.6", c, b, 3, 3),
    ...biased("features.8", c, c, 3, 3),
    ...biased("features.11", d, c, 3, 3),
    ...biased("features.13", d, d, 3, 3),
    ...biased("embeddings.0", hidden, 24 * d),
    ...biased("embeddings.2", hidden, hidden),
    ...biased("embeddings.4", 128, hidden),
  };
}
const release = shapes([64, 128, 256, 512], 4096);

describe("the release", () => {
  test("has as many parameters, and takes as many operations, as the original", () => {
    expect(countOf(release)).toBe(72_141_184);
    const { graph, id } = vggish(shapesOnly(release));
    const pieces = graph({ pieces: 10 });
    expect(pieces.outputs["embedding"]?.shape).toEqual([10, 128]);
    expect(flopsOf(pieces) / 17.3e9).toBeCloseTo(1, 1);
    expect(id).toBe("vggish-128");
  });

  test("may have the post-processing beside it, which is not read", () => {
    expect(() => vggish(shapesOnly({ ...release, "pproc.pca_means": [128, 1] }))).not.toThrow();
  });

  test("in its own container is read in place", async () => {
    const path = fileURLToPath(new URL("../../fixtures/vggish-tiny/vggish-10086976.pth", import.meta.url));
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
