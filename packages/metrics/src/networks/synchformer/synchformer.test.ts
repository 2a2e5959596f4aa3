/** Sizes of the release; the numbers are checked by the golden case `synchformer-tiny`, and by others at real width. */
import { flopsOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { countOf, shapesOnly } from "../shapes.test-support.js";
import { synchformerShapes } from "./shapes.test-support.js";
import { synchformer } from "./synchformer.js";

describe("the release", () => {
  const shapes = synchformerShapes();

  test("has as many parameters as was published", () => {
    expect(countOf(shapes)).toBe(237_460_245);
  });

  test("gives features of segments, logits of windows, for as many operations as the original", () => {
    const { video, audio, head } = synchformer(shapesOnly(shapes));
    const shapeOf = (graph: ReturnType<typeof video.graph>, output: string) => graph.outputs[output]?.shape;
    expect(shapeOf(video.graph({ batch: 3 }), "features")).toEqual([3, 8, 768]);
    expect(shapeOf(audio.graph({ batch: 30 }), "features")).toEqual([30, 6, 768]);
    expect(shapeOf(head.graph({ batch: 2 }), "logits")).toEqual([2, 21]);
    expect([video.id, audio.id, head.id]).toEqual([
      "synchformer-768/video-12",
      "synchformer-768/audio-12",
      "synchformer-768/head-3",
    ]);
    // What PyTorch counts in the original. Here only the class token goes through the second half of the aggregating layers.
    const share = (graph: ReturnType<typeof video.graph>, published: number) => flopsOf(graph) / 1e9 / published;
    expect(share(video.graph({}), 371)).toBeCloseTo(1, 1);
    expect(share(audio.graph({}), 12.8)).toBeCloseTo(1, 1);
    expect(share(head.graph({}), 9)).toBeCloseTo(1, 1);
  });

  test("any other width and depth", () => {
    const { video, audio, head } = synchformer(shapesOnly(synchformerShapes(64, 1)), { pair: 4 });
    expect(video.graph({}).outputs["features"]?.shape).toEqual([1, 8, 64]);
    expect(audio.graph({}).outputs["features"]?.shape).toEqual([1, 6, 64]);
    expect(head.graph({ batch: 2 }).inputs.map(({ shape }) => shape)).toEqual([
      [2, 14, 8, 64],
      [2, 14, 6, 64],
    ]);
  });

  test("heads that do not divide the width are refused", () => {
    expect(() => synchformer(shapesOnly(synchformerShapes(96, 1)))).toThrow(
      /96 wide, which is no multiple of 64.*Give the option heads/,
    );
    expect(() => synchformer(shapesOnly(synchformerShapes(64, 1)), { video: 5 })).toThrow(
      /options\.heads is 5; a divisor of the width 64/,
    );
  });
});

describe("other weights are refused, by name", () => {
  const without = (name: string) => Object.fromEntries(Object.entries(synchformerShapes(64, 1)).filter(([key]) => key !== name));

  test.each([
    ["vfeat_extractor.temp_embed", /1 missing \("vfeat_extractor\.temp_embed"\)/],
    ["afeat_extractor.freq_attn_agg.norm2.bias", /1 missing \("afeat_extractor\.freq_attn_agg\.norm2\.bias"\)/],
    ["aproj.weight", /1 missing \("aproj\.weight"\)/],
    ["transformer.off_head.weight", /no weights of Synchformer: "transformer\.off_head\.weight" is not among/],
  ])("%s is missing", (name, message) => {
    expect(() => synchformer(shapesOnly(without(name)))).toThrow(message);
  });

  test("of another shape, or unknown", () => {
    const shapes = {
      ...synchformerShapes(64, 1),
      "transformer.pos_emb_cfg.pos_emb": [1, 200, 64],
      "vfeat_extractor.head.bias": [4],
    };
    expect(() => synchformer(shapesOnly(shapes))).toThrow(/1 unknown \("vfeat_extractor\.head\.bias"\)/);
    delete (shapes as Record<string, unknown>)["vfeat_extractor.head.bias"];
    expect(() => synchformer(shapesOnly(shapes))).toThrow(/pos_emb" is \[1, 200, 64\], expected \[1, 198, 64\]/);
  });
});
