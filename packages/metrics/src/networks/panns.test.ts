/** Sizes of the release; the numbers are checked by the golden case `panns-tiny`, and by others at real width. */
import { flopsOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { panns } from "./panns.js";
import { biased, countOf, type Shapes, shapesOnly, times } from "./release-shapes.test-support.js";

const norm = (name: string, channels: number): Shapes => ({
  ...biased(name, channels),
  [`${name}.running_mean`]: [channels],
  [`${name}.running_var`]: [channels],
});

function shapes(widths: readonly number[]): Shapes {
  const last = widths.at(-1) as number;
  return {
    "spectrogram_extractor.stft.conv_real.weight": [257, 1, 512],
    "spectrogram_extractor.stft.conv_imag.weight": [257, 1, 512],
    "logmel_extractor.melW": [257, 64],
    ...norm("bn0", 64),
    ...times(widths.length, (i) => ({
      [`conv_block${i + 1}.conv1.weight`]: [widths[i] as number, widths[i - 1] ?? 1, 3, 3],
      [`conv_block${i + 1}.conv2.weight`]: [widths[i] as number, widths[i] as number, 3, 3],
      ...norm(`conv_block${i + 1}.bn1`, widths[i] as number),
      ...norm(`conv_block${i + 1}.bn2`, widths[i] as number),
    })),
    ...biased("fc1", last, last),
    ...biased("fc_audioset", 527, last),
  };
}
const release = shapes([64, 128, 256, 512, 1024, 2048]);
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
