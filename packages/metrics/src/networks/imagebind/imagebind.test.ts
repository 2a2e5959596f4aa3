/** Sizes of the release; the numbers are checked by the golden case `imagebind-tiny`, and by others at real width. */
import { flopsOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { licenceNotice } from "../release.js";
import { countOf, shapesOnly } from "../shapes.test-support.js";
import { IMAGEBIND_RELEASE, imagebind } from "./imagebind.js";
import { imagebindShapes } from "./shapes.test-support.js";

const release = { ...imagebindShapes("vision", 1280, 32, 1024), ...imagebindShapes("audio", 768, 12, 1024) };
const narrow = { ...imagebindShapes("vision", 80, 1, 32), ...imagebindShapes("audio", 64, 1, 32) };

describe("the release", () => {
  test("has as many parameters as was published", () => {
    expect(countOf(release, /\.vision\./) / 1e6).toBeCloseTo(632.8, 1);
    expect(countOf(release, /\.audio\./) / 1e6).toBeCloseTo(86.2, 1);
  });

  test("gives embeddings of clips, for as many operations as the original", () => {
    const { vision, audio } = imagebind(shapesOnly(release));
    expect(vision.graph({ batch: 9 }).outputs["embedding"]?.shape).toEqual([9, 1024]);
    expect(audio.graph({ batch: 3 }).outputs["embedding"]?.shape).toEqual([3, 1024]);
    expect([vision.id, audio.id]).toEqual(["imagebind-32x1280/vision", "imagebind-12x768/audio"]);
    expect(flopsOf(vision.graph({})) / 324e9).toBeCloseTo(1, 1);
    expect(flopsOf(audio.graph({ batch: 3 })) / 117e9).toBeCloseTo(1, 1);
  });

  test("says that it is not for commercial use", () => {
    expect(IMAGEBIND_RELEASE).toMatchObject({ nonCommercial: true, licence: "CC-BY-NC-SA 4.0", file: "imagebind_huge.pth" });
    expect(licenceNotice(IMAGEBIND_RELEASE)).toBe(
      "ImageBind-huge (imagebind_huge.pth): CC-BY-NC-SA 4.0, for NON-COMMERCIAL use only; see https://github.com/facebookresearch/ImageBind",
    );
  });

  test("other senses in the file are not looked at, unknown tensors of these are", () => {
    const more = { "modality_trunks.depth.blocks.0.norm_1.weight": [1], "modality_preprocessors.imu.pos_embed": [2] };
    expect(() => imagebind(shapesOnly({ ...narrow, ...more }))).not.toThrow();
    expect(() => imagebind(shapesOnly({ ...narrow, "modality_heads.audio.5.weight": [1] }))).toThrow(
      /1 unknown \("modality_heads\.audio\.5\.weight"\)/,
    );
  });

  test("weights of something else, and heads that do not fit, are refused", () => {
    expect(() => imagebind(shapesOnly({ "conv1.weight": [1] }))).toThrow(/no weights of ImageBind-huge/);
    const { "modality_trunks.audio.blocks.0.attn.bias_v": _, ...incomplete } = narrow;
    expect(() => imagebind(shapesOnly(incomplete))).toThrow(/1 missing \("modality_trunks\.audio\.blocks\.0\.attn\.bias_v"\)/);
    expect(() => imagebind(shapesOnly(narrow), { video: 3 })).toThrow(/options\.heads is 3; a divisor of the width 80/);
  });
});
