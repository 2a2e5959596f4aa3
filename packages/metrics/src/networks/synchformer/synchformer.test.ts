/** Sizes of the release; the numbers are checked by the golden case `synchformer-tiny`, and by others at real width. */
import { flopsOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { biased, countOf, type Shapes, shapesOnly, times } from "../release-shapes.test-support.js";
import { synchformer } from "./synchformer.js";

const aggregate = (name: string, width: number): Shapes => ({
  [`${name}.cls_token`]: [1, 1, width],
  [`${name}.self_attn.in_proj_weight`]: [3 * width, width],
  [`${name}.self_attn.in_proj_bias`]: [3 * width],
  ...biased(`${name}.self_attn.out_proj`, width, width),
  ...biased(`${name}.linear1`, 4 * width, width),
  ...biased(`${name}.linear2`, width, 4 * width),
  ...biased(`${name}.norm1`, width),
  ...biased(`${name}.norm2`, width),
});

/** `synchformer_state_dict.pth` of any width and depth. */
function release(width = 768, depth = 12): Shapes {
  const square = (name: string) => biased(name, width, width);
  const norm = (name: string) => biased(name, width);
  const mlp = (first: string, second: string) => ({
    ...biased(first, 4 * width, width),
    ...biased(second, width, 4 * width),
  });
  const [video, audio] = ["vfeat_extractor", "afeat_extractor.ast"] as const;
  return {
    [`${video}.cls_token`]: [1, 1, width],
    [`${video}.pos_embed`]: [1, 197, width],
    [`${video}.temp_embed`]: [1, 8, width],
    ...biased(`${video}.patch_embed.proj`, width, 3, 16, 16),
    ...biased(`${video}.patch_embed_3d.proj`, width, 3, 2, 16, 16),
    ...times(depth, (i) => ({
      ...norm(`${video}.blocks.${i}.norm1`),
      ...norm(`${video}.blocks.${i}.norm2`),
      ...norm(`${video}.blocks.${i}.norm3`),
      ...biased(`${video}.blocks.${i}.attn.qkv`, 3 * width, width),
      ...square(`${video}.blocks.${i}.attn.proj`),
      ...biased(`${video}.blocks.${i}.timeattn.qkv`, 3 * width, width),
      ...square(`${video}.blocks.${i}.timeattn.proj`),
      ...mlp(`${video}.blocks.${i}.mlp.fc1`, `${video}.blocks.${i}.mlp.fc2`),
    })),
    ...norm(`${video}.norm`),
    ...aggregate(`${video}.spatial_attn_agg`, width),
    [`${audio}.embeddings.cls_token`]: [1, 1, width],
    [`${audio}.embeddings.distillation_token`]: [1, 1, width],
    [`${audio}.embeddings.position_embeddings`]: [1, 74, width],
    ...biased(`${audio}.embeddings.patch_embeddings.projection`, width, 1, 16, 16),
    ...times(depth, (i) => ({
      ...square(`${audio}.encoder.layer.${i}.attention.attention.query`),
      ...square(`${audio}.encoder.layer.${i}.attention.attention.key`),
      ...square(`${audio}.encoder.layer.${i}.attention.attention.value`),
      ...square(`${audio}.encoder.layer.${i}.attention.output.dense`),
      ...mlp(`${audio}.encoder.layer.${i}.intermediate.dense`, `${audio}.encoder.layer.${i}.output.dense`),
      ...norm(`${audio}.encoder.layer.${i}.layernorm_before`),
      ...norm(`${audio}.encoder.layer.${i}.layernorm_after`),
    })),
    ...norm(`${audio}.layernorm`),
    ...aggregate("afeat_extractor.freq_attn_agg", width),
    ...square("vproj"),
    ...square("aproj"),
    "transformer.OFF_tok": [1, 1, width],
    "transformer.MOD_tok": [1, 1, width],
    ...norm("transformer.vis_in_lnorm"),
    ...norm("transformer.aud_in_lnorm"),
    "transformer.pos_emb_cfg.pos_emb": [1, 198, width],
    ...times(3, (i) => ({
      ...norm(`transformer.blocks.${i}.ln1`),
      ...norm(`transformer.blocks.${i}.ln2`),
      ...square(`transformer.blocks.${i}.attn.key`),
      ...square(`transformer.blocks.${i}.attn.query`),
      ...square(`transformer.blocks.${i}.attn.value`),
      ...square(`transformer.blocks.${i}.attn.proj`),
      ...mlp(`transformer.blocks.${i}.mlp.0`, `transformer.blocks.${i}.mlp.2`),
    })),
    ...norm("transformer.ln_f"),
    ...biased("transformer.off_head", 21, width),
  };
}

describe("the release", () => {
  const shapes = release();

  test("has as many parameters as was published", () => {
    expect(countOf(shapes)).toBe(237_460_245);
  });

  test("gives features of segments, logits of windows, for as many operations as the original", () => {
    const { video, audio, head } = synchformer(shapesOnly(shapes));
    const shapeOf = (graph: ReturnType<typeof video.graph>, output: string) => graph.outputs[output]?.shape;
    expect(shapeOf(video.graph({ segments: 3 }), "features")).toEqual([3, 8, 768]);
    expect(shapeOf(audio.graph({ segments: 30 }), "features")).toEqual([30, 6, 768]);
    expect(shapeOf(head.graph({}), "logits")).toEqual([2, 21]);
    expect([video.id, audio.id, head.id]).toEqual([
      "synchformer-768/video-12",
      "synchformer-768/audio-12",
      "synchformer-768/head-3",
    ]);
    // What PyTorch counts in the original. Here only the class token goes through the second half of the aggregating layers.
    const share = (graph: ReturnType<typeof video.graph>, published: number) => flopsOf(graph) / 1e9 / published;
    expect(share(video.graph({}), 371)).toBeCloseTo(1, 1);
    expect(share(audio.graph({}), 12.8)).toBeCloseTo(1, 1);
    expect(share(head.graph({ windows: 1 }), 9)).toBeCloseTo(1, 1);
  });

  test("any other width and depth", () => {
    const { video, audio, head } = synchformer(shapesOnly(release(64, 1)), { heads: { head: 4 } });
    expect(video.graph({}).outputs["features"]?.shape).toEqual([1, 8, 64]);
    expect(audio.graph({}).outputs["features"]?.shape).toEqual([1, 6, 64]);
    expect(head.graph({}).inputs.map(({ shape }) => shape)).toEqual([
      [2, 14, 8, 64],
      [2, 14, 6, 64],
    ]);
  });

  test("heads that do not divide the width are refused", () => {
    expect(() => synchformer(shapesOnly(release(96, 1)))).toThrow(/96 wide, which is no multiple of 64.*Give the option heads/);
    expect(() => synchformer(shapesOnly(release(64, 1)), { heads: { video: 5 } })).toThrow(
      /options\.heads is 5; a divisor of the width 64/,
    );
  });
});

describe("other weights are refused, by name", () => {
  const without = (name: string) => Object.fromEntries(Object.entries(release(64, 1)).filter(([key]) => key !== name));

  test.each([
    ["vfeat_extractor.temp_embed", /1 missing \("vfeat_extractor\.temp_embed"\)/],
    ["afeat_extractor.freq_attn_agg.norm2.bias", /1 missing \("afeat_extractor\.freq_attn_agg\.norm2\.bias"\)/],
    ["aproj.weight", /1 missing \("aproj\.weight"\)/],
    ["transformer.off_head.weight", /no weights of Synchformer: "transformer\.off_head\.weight" is not among/],
  ])("%s is missing", (name, message) => {
    expect(() => synchformer(shapesOnly(without(name)))).toThrow(message);
  });

  test("of another shape, or unknown", () => {
    const shapes = { ...release(64, 1), "transformer.pos_emb_cfg.pos_emb": [1, 200, 64], "vfeat_extractor.head.bias": [4] };
    expect(() => synchformer(shapesOnly(shapes))).toThrow(/1 unknown \("vfeat_extractor\.head\.bias"\)/);
    delete (shapes as Record<string, unknown>)["vfeat_extractor.head.bias"];
    expect(() => synchformer(shapesOnly(shapes))).toThrow(/pos_emb" is \[1, 200, 64\], expected \[1, 198, 64\]/);
  });
});
