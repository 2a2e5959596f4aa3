/** Sizes of the release; the numbers are checked by the golden cases `clap-tiny` and of `metrics/lengths`, and by others at real width. */
import { flopsOf, input } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { htsat, htsatConfig } from "../htsat.js";
import { countOf, type Shapes, shapesOnly } from "../shapes.test-support.js";
import { LAION_CLAP_RELEASE, laionClapAudio, laionClapText } from "./laion-clap.js";
import { laionAudioShapes, laionTextShapes } from "./shapes.test-support.js";

const release: Shapes = {
  ...laionAudioShapes(128, [2, 2, 12, 2], [4, 8, 16, 32], 512),
  ...laionTextShapes(768, 12, 512, 50_265),
  logit_scale_a: [],
  logit_scale_t: [],
  "text_branch.embeddings.position_ids": [1, 514],
  "audio_branch.bn0.num_batches_tracked": [],
  "audio_branch.layers.0.blocks.1.attn_mask": [64, 64, 64],
  "audio_branch.layers.0.blocks.1.attn.relative_position_index": [64, 64],
  "audio_branch.tscam_conv.weight": [527, 1024, 2, 3],
  "audio_branch.head.weight": [527, 527],
};

describe("the release", () => {
  test("has as many parameters as the original", () => {
    const read =
      /^(audio|text)_branch\.(?!.*(tscam_conv|head\.|attn_mask|relative_position_index|running_|position_ids|num_batches))/;
    expect(countOf(release, read) / (72.4e6 + 124.6e6)).toBeCloseTo(1, 1);
    expect(countOf(release, /^audio_projection/) / 0.79e6).toBeCloseTo(1, 1);
    expect(countOf(release, /^text_projection/) / 0.66e6).toBeCloseTo(1, 1);
  });

  test("hears and reads into one space, for as many operations as the original", () => {
    const [audio, text] = [laionClapAudio(shapesOnly(release)), laionClapText(shapesOnly(release))];
    expect(audio.graph({ batch: 2 }).outputs["embedding"]?.shape).toEqual([2, 512]);
    expect(text.graph({ batch: 3 }).outputs["embedding"]?.shape).toEqual([3, 512]);
    // The original takes its spectra and bands inside the network, as convolutions.
    const frontEnd = 2 * 1001 * (1024 * 2 * 513 + 513 * 64);
    expect((flopsOf(audio.graph({})) + frontEnd) / 33.0e9).toBeCloseTo(1, 2);
    expect(flopsOf(text.graph({})) / 13.1e9).toBeCloseTo(1, 1);
    expect([audio.id, text.id]).toEqual(["laion-clap-htsat-128-512", "laion-clap-roberta-768-512"]);
  });
});

describe("other weights", () => {
  test("one half needs nothing of the other", () => {
    expect(() => laionClapAudio(shapesOnly(laionAudioShapes(8, [2, 2], [1, 2], 16)))).not.toThrow();
    expect(() => laionClapText(shapesOnly(laionTextShapes(64, 1, 16, 100)))).not.toThrow();
    expect(() => laionClapText(shapesOnly(laionTextShapes(24, 1, 16, 100)))).toThrow(/Give the option heads/);
    expect(() => laionClapText(shapesOnly(laionAudioShapes(8, [2, 2], [1, 2], 16)))).toThrow(
      /no weights of LAION-CLAP.*text_branch/,
    );
  });

  test("windows of no size are refused", () => {
    const table = "audio_branch.layers.0.blocks.0.attn.relative_position_bias_table";
    for (const rows of [224, 33 ** 2])
      expect(() => laionClapAudio(shapesOnly({ ...release, [table]: [rows, 4] }))).toThrow(/rows; \(2·window − 1\)²/);
  });

  test("missing and unknown tensors of a half are named", () => {
    const { "audio_branch.layers.2.blocks.7.attn.qkv.bias": _, ...rest } = release;
    expect(() => laionClapAudio(shapesOnly({ ...rest, "audio_branch.fusion_model.weight": [1] }))).toThrow(
      /layers\.2\.blocks\.7\.attn\.qkv\.bias.*fusion_model/,
    );
  });
});

test("more frames than the network's square holds are refused", () => {
  const config = htsatConfig(shapesOnly(release), "audio_branch.", LAION_CLAP_RELEASE, "refused");
  expect(htsat(input("mel", [1, 1, 1024, 64]), config).shape).toEqual([1, 1024]);
  expect(() => htsat(input("mel", [1, 1, 1025, 64]), config)).toThrow(/1025 frames; at most 1024/);
});
