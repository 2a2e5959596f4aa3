/** Sizes of the release; the numbers are checked by the golden case `panns-tiny`, and by others at real width. */
import { flopsOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { countOf, shapesOnly } from "../shapes.test-support.js";
import { panns } from "./panns.js";
import { pannsShapes } from "./shapes.test-support.js";

const release = pannsShapes();
const counters = { "bn0.num_batches_tracked": [], "conv_block3.bn2.num_batches_tracked": [] };

describe("the release", () => {
  test("has as many parameters, and takes as many operations, as the original", () => {
    expect(countOf(release, /^(?!.*running_)/)).toBe(81_033_231);
    const { graph, id } = panns(shapesOnly({ ...release, ...counters }));
    const { outputs } = graph({ frames: 1001, batch: 2 });
    expect([outputs["features"]?.shape, outputs["logits"]?.shape]).toEqual([
      [2, 2048],
      [2, 527],
    ]);
    expect(flopsOf(graph({ frames: 1001 })) / 40.6e9).toBeCloseTo(1, 1);
    expect(flopsOf(graph({ frames: 801 })) / 32.6e9).toBeCloseTo(1, 1);
    expect(id).toBe("panns-cnn14-16k-2048");
  });

  test("hears 0.32 s at least", () => {
    const { graph } = panns(shapesOnly(release));
    expect(() => graph({ frames: 32 })).not.toThrow();
    expect(() => graph({ frames: 31 })).toThrow(/AveragePool: a window of \[2, 2\].*does not fit/);
  });
});

test("other weights are refused", () => {
  const { "conv_block2.bn1.running_var": _, ...rest } = release;
  expect(() => panns(shapesOnly({ ...rest, "fc2.weight": [1] }))).toThrow(/conv_block2\.bn1\.running_var.*fc2\.weight/);
  expect(() => panns(shapesOnly({ "fc1.weight": [2, 2] }))).toThrow(/no weights of PANNs.*fc_audioset/);
});
