/** Sizes of the release, windows, scores; the numbers are checked by the golden case `audiobox-tiny`, and by others at real width. */
import { goldenPath } from "@foley-control/golden/node";
import { flopsOf } from "@foley-control/graph";
import { openCheckpoint, openPytorch } from "@foley-control/weights/node";
import { describe, expect, test } from "vitest";
import { countOf, shapesOnly } from "../shapes.test-support.js";
import {
  AUDIOBOX_RELEASE,
  AUDIOBOX_TRANSFORM,
  audiobox,
  audioboxScores,
  audioboxTransform,
  audioboxWindows,
} from "./audiobox.js";
import { audioboxShapes } from "./shapes.test-support.js";
import { WAVLM_HOP, wavlmBucket, wavlmFrames } from "./wavlm.js";

const release = audioboxShapes();
const checkpoint = goldenPath("metrics/audiobox-tiny/checkpoint.pt");

describe("the release", () => {
  test("has as many parameters, and takes as many operations, as the original", () => {
    expect(Object.keys(release)).toHaveLength(324);
    expect(countOf(release)).toBe(103_859_112);
    const { graph, id } = audiobox(shapesOnly(release));
    expect(graph({ batch: 2 }).outputs["raw"]?.shape).toEqual([2, 4]);
    // The original's counter does not see what attention multiplies, scores and mixtures.
    const attention = 12 * 2 * 2 * 499 ** 2 * 768;
    expect((flopsOf(graph({})) - attention) / 139e9).toBeCloseTo(1, 2);
    expect(id).toBe("audiobox-aesthetics-12x768");
  });

  test("in its own container is read in place, with the transform that it states", async () => {
    const { weights } = audiobox(await openCheckpoint(checkpoint, AUDIOBOX_RELEASE.checkpoint));
    expect(weights.get("layer_weights.PQ")).toMatchObject({ shape: [3], bytes: { kind: "file", path: checkpoint } });
    expect(audioboxTransform((await openPytorch(checkpoint)).root)).toEqual(AUDIOBOX_TRANSFORM);
    expect(audioboxTransform({ target_transform: AUDIOBOX_TRANSFORM })).toEqual(AUDIOBOX_TRANSFORM);
  });

  test.each([undefined, {}, { target_transform: { ...AUDIOBOX_TRANSFORM, PC: { mean: 1, std: 0 } } }])(
    "%j states no transform",
    (stated) => {
      expect(() => audioboxTransform(stated)).toThrow(/state no mean and deviation of (CE|PC)/);
    },
  );

  test("other weights are refused", () => {
    const { "wavlm_model.encoder.layers.5.self_attn.grep_a": _, ...rest } = release;
    expect(() => audiobox(shapesOnly({ ...rest, "layer_weights.XY": [13] }))).toThrow(
      /layers\.5\.self_attn\.grep_a.*layer_weights\.XY/,
    );
    expect(() => audiobox(shapesOnly({ ...release, "proj_layer.CE.12.weight": [2, 768] }))).toThrow(/proj_layer\.CE\.12\.weight/);
  });
});

test("relative positions share buckets as in the reference", () => {
  const golden = {
    0: 0,
    1: 161,
    "-1": 1,
    79: 239,
    80: 240,
    81: 240,
    100: 247,
    "-100": 87,
    200: 271,
    400: 295,
    498: 303,
    "-498": 143,
    800: 319,
  };
  const found = Object.fromEntries(Object.keys(golden).map((relative) => [relative, wavlmBucket(Number(relative), 320)]));
  expect(found).toEqual(golden);
});

describe("windows", () => {
  test("of 10 s have 499 frames; the last is filled up and weighed by what is sound", () => {
    expect([WAVLM_HOP, wavlmFrames(160_000)]).toEqual([320, 499]);
    const samples = Float32Array.from({ length: 208_001 }, (_, i) => i + 1);
    const { wave, valid, weights } = audioboxWindows(samples);
    expect(weights).toEqual([1, 48_001 / 160_000]);
    expect([wave[159_999], wave[160_000], wave[208_000], wave[208_001], wave.length]).toEqual([
      160_000, 160_001, 208_001, 0, 320_000,
    ]);
    // 48001 samples reach one sample into the 151st frame.
    expect([valid[498], valid[499 + 150], valid[499 + 151], valid.length]).toEqual([1, 1, 0, 998]);
  });

  test("a single sample is one frame; no sample is refused", () => {
    const { valid, weights } = audioboxWindows([0.5]);
    expect([valid.reduce((a, b) => a + b), weights]).toEqual([1, [1 / 160_000]]);
    expect(() => audioboxWindows([])).toThrow(/no samples/);
  });
});

test("scores are back on people's scale and weighed", () => {
  const scores = audioboxScores([1, 0, 0, 0, 0, 0, 0, -1], [1, 0.5]);
  expect(scores.CE).toBeCloseTo(5.06865 + (1.93029 * 1) / 1.5, 12);
  expect(scores.CU).toBeCloseTo(5.73633, 12);
  expect(scores.PQ).toBeCloseTo(6.57505 - (1.51466 * 0.5) / 1.5, 12);
  expect(() => audioboxScores([1, 2, 3], [1])).toThrow(/3 numbers for 1 windows; 4 each/);
});
