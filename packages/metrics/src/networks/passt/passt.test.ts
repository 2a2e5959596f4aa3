/** Sizes of the release; the numbers are checked by the golden cases `passt-tiny` and of `metrics/lengths`, and by others at real width. */
import { goldenPath } from "@foley-control/golden/node";
import { flopsOf, nodesOf } from "@foley-control/graph";
import { openCheckpoint } from "@foley-control/weights/node";
import { describe, expect, test } from "vitest";
import { countOf, shapesOnly } from "../shapes.test-support.js";
import { PASST_RELEASE, passt } from "./passt.js";
import { passtShapes } from "./shapes.test-support.js";

const release = passtShapes();

describe("the release", () => {
  test("has as many parameters, and takes as many operations, as the original", () => {
    expect(countOf(release)).toBe(86_153_758);
    const { graph, id } = passt(shapesOnly(release));
    const { outputs } = graph({ batch: 2 });
    expect([outputs["features"]?.shape, outputs["logits"]?.shape]).toEqual([
      [2, 768],
      [2, 527],
    ]);
    expect(flopsOf(graph({})) / 254.8e9).toBeCloseTo(1, 1);
    expect(id).toBe("passt-s-12x768");
  });

  test("in its own container is read in place", async () => {
    const path = goldenPath(`metrics/passt-tiny/${PASST_RELEASE.file}`);
    const { weights } = passt(await openCheckpoint(path, PASST_RELEASE.checkpoint), { sound: 3 });
    expect(weights.get("head.1.weight")).toMatchObject({ shape: [527, 24], bytes: { kind: "file", path } });
  });
});

describe("sounds of other lengths", () => {
  const placesOf = (frames: number) =>
    nodesOf(passt(shapesOnly(passtShapes(64, 1))).graph({ frames })).find(({ op }) => op === "Conv")?.outputs[0]?.shape[3];

  test("are heard as far as there are places in time, and refused where there is not one patch", () => {
    expect(placesOf(400)).toBe(39);
    const { graph } = passt(shapesOnly(passtShapes(64, 1)));
    for (const frames of [16, 400, 1000, 1400]) expect(graph({ frames }).outputs["features"]?.shape).toEqual([1, 64]);
    expect(() => graph({ frames: 15 })).toThrow(/15 frames; PaSST needs at least 16/);
  });
});

describe("heads", () => {
  test("are one per 64 channels unless told otherwise", () => {
    const headsOfBlocks = (heads?: number) =>
      nodesOf(passt(shapesOnly(passtShapes(128, 2)), { sound: heads }).graph({})).flatMap(
        ({ attributes }) => attributes["num_heads"] ?? [],
      );
    expect(headsOfBlocks()).toEqual([2, 2]);
    expect(headsOfBlocks(4)).toEqual([4, 4]);
    expect(() => passt(shapesOnly(passtShapes(24, 1)))).toThrow(/24 wide, which is no multiple of 64.*Give the option heads/s);
    expect(() => passt(shapesOnly(passtShapes(24, 1)), { sound: 5 })).toThrow(/options\.heads is 5; a divisor of the width 24/);
  });
});

test("other weights are refused", () => {
  const { "blocks.3.norm2.bias": _, ...rest } = release;
  expect(() => passt(shapesOnly({ ...rest, "blocks.12.norm1.weight": [768] }))).toThrow(/blocks\.3\.norm2\.bias/);
  expect(() => passt(shapesOnly({ "patch_embed.proj.weight": [768, 3, 16] }))).toThrow(/no weights of PaSST-S/);
});
