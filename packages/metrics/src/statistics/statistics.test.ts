import { describe, expect, it } from "vitest";
import { bootstrap } from "./bootstrap.js";
import { inceptionScore, softmaxDivergences } from "./classes.js";
import { cosines, meanOfClips } from "./cosine.js";
import { desyncClasses, desyncGrid, desyncOffsets, desyncWindows } from "./desync.js";
import { drawRows, kernelAudioDistance, kernelInceptionDistance, kernelInceptionDistanceOfSubsets } from "./kernel-distance.js";
import { randomState } from "./mersenne-twister.js";
import { envelopeLag, onsetAgreement } from "./onsets.js";
import { rowsOf } from "./rows.js";
import { cleanSampleName } from "./sample-names.js";

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;
const grid = (rows: number, columns: number, value: (i: number, j: number) => number) =>
  rowsOf(Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => value(i, j))));

describe("randomState", () => {
  it("draws what numpy's RandomState draws", () => {
    const state = randomState(2020);
    expect([state.uint32(), state.uint32(), state.uint32(), state.uint32()]).toEqual([
      4236026720, 639299976, 3751189827, 2669525622,
    ]);
    expect([...randomState(2020).permutation(10)]).toEqual([2, 4, 9, 1, 5, 7, 6, 3, 8, 0]);
    const long = randomState(2020).permutation(15220);
    expect([...long.subarray(0, 8)]).toEqual([10119, 2654, 10766, 1082, 13316, 690, 6753, 4058]);
    expect(new Set(long).size).toBe(15220);
    expect([...randomState(0).permutation(1), ...randomState(0).permutation(0)]).toEqual([0]);
    expect(() => randomState(-1)).toThrow(/The seed is -1/);
  });
});

describe("softmaxDivergences", () => {
  it("has the reference's values, without overflow, whatever is added to a row", () => {
    expect(softmaxDivergences(rowsOf([[2, 1, 0]]), rowsOf([[0, 1, 2]]))[0]).toBeCloseTo(1.1504207652088827, 14);
    expect(softmaxDivergences(rowsOf([[0, Math.log(3)]]), rowsOf([[Math.log(3), 0]]))[0]).toBeCloseTo(Math.log(3) / 2, 14);
    expect(softmaxDivergences(rowsOf([[1000, 0, 0]]), rowsOf([[0, 1000, 0]]))[0]).toBe(1000);
    expect(softmaxDivergences(rowsOf([[52, 51, 50]]), rowsOf([[-7, -6, -5]]))[0]).toBeCloseTo(1.1504207652088827, 13);
  });

  it("rejects sides that do not pair", () => {
    expect(() =>
      softmaxDivergences(
        rowsOf([[1, 2]]),
        rowsOf([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toThrow(/1 and 2 rows/);
    expect(() => softmaxDivergences(rowsOf([[1, 2]]), rowsOf([[1, 2, 3]]))).toThrow(/2 and 3 numbers per row/);
  });
});

describe("inceptionScore", () => {
  const logits = grid(12, 5, (i, j) => 3 * Math.sin(1.7 * i + 0.9 * j));

  it("has the reference's values, in order and dealt by numpy", () => {
    expect(inceptionScore(logits, { splits: 3, seed: undefined }).mean).toBeCloseTo(2.1240846208772397, 12);
    const dealt = inceptionScore(logits, { splits: 3 });
    expect(dealt.mean).toBeCloseTo(1.9784309635766164, 12);
    expect(dealt.deviation).toBeCloseTo(0.06843337959755987, 12);
    const uneven = inceptionScore(grid(23, 5, (i, j) => 3 * Math.sin(1.7 * i + 0.9 * j)));
    expect(uneven.mean).toBeCloseTo(1.441485984078, 11);
  });

  it("is 1 when all sounds are the same, and refuses fewer sounds than parts", () => {
    expect(inceptionScore(grid(20, 4, (_, j) => j)).mean).toBeCloseTo(1, 12);
    expect(() => inceptionScore(grid(9, 4, (_, j) => j))).toThrow(/9 rows in 10 parts/);
  });
});

describe("cosines and meanOfClips", () => {
  it("compare directions; a row of zeros has none", () => {
    expect([
      ...cosines(
        rowsOf([
          [1, 2, 2],
          [0, 3, 4],
          [0, 0, 0],
        ]),
        rowsOf([
          [2, 1, 2],
          [0, -4, 3],
          [1, 0, 0],
        ]),
      ),
    ]).toEqual([8 / 9, 0, 0]);
  });

  it("take the mean of clips of length 1, which is shorter", () => {
    const means = meanOfClips(
      rowsOf([
        [2, 0],
        [0, 5],
        [3, 4],
        [0, 0],
      ]),
      2,
    );
    [0.5, 0.5, 0.3, 0.4].forEach((x, i) => {
      expect(means.data[i]).toBeCloseTo(x, 15);
    });
    expect(() => meanOfClips(rowsOf([[1], [2], [3]]), 2)).toThrow(/3 clips are not a whole number of items of 2/);
  });
});

describe("DeSync", () => {
  it("reads classes as seconds, the lower of equal ones", () => {
    const oneHot = (...hot: number[]) => Array.from({ length: 21 }, (_, c) => (hot.includes(c) ? 1 : 0));
    const rows = rowsOf([oneHot(7), oneHot(12), oneHot(10), oneHot(20)]);
    expect(mean(desyncOffsets(rows))).toBeCloseTo(0.75, 7);
    expect([...desyncClasses(rowsOf([oneHot(4, 15), oneHot()]))]).toEqual([4, 0]);
    expect(desyncGrid()[10]).toBe(0);
    expect(mean(desyncGrid().map(Math.abs))).toBeCloseTo(22 / 21, 6);
  });

  it("takes the first and the last 4.8 s, and no less", () => {
    expect(desyncWindows(8)).toEqual({ segments: 24, audioSegments: 24, first: [0, 14], last: [10, 24] });
    expect(desyncWindows(10).last).toEqual([16, 30]);
    expect(desyncWindows(4.8).last).toEqual([0, 14]);
    for (const seconds of [4.79, 0, Number.NaN]) expect(() => desyncWindows(seconds)).toThrow(/too short for DeSync/);
  });
});

describe("kernel distances", () => {
  const x = grid(6, 3, (i, j) => Math.sin(1 + 0.7 * i + 1.3 * j));
  const y = grid(6, 3, (i, j) => Math.cos(0.5 + 1.1 * i - 0.9 * j) + 0.25 * j);

  it("have the reference's values", () => {
    expect(kernelInceptionDistance(x, y)).toBeCloseTo(0.6136040875115834, 12);
    const { distance, bandwidth } = kernelAudioDistance(x, y);
    expect(distance).toBeCloseTo(6.051185970999273, 7);
    expect(bandwidth).toBeCloseTo(1.999510362843539, 12);
  });

  it("are without bias: over whole subsets as over the set, near 0 for halves of one", () => {
    const all = kernelInceptionDistanceOfSubsets(x, y, { subsets: 3, subsetSize: 6 });
    expect(all.mean).toBeCloseTo(kernelInceptionDistance(x, y), 12);
    expect(all.deviation).toBeCloseTo(0, 12);
    const { uint32 } = randomState(1);
    const half = () => grid(60, 4, () => uint32() / 2 ** 32);
    expect(Math.abs(kernelAudioDistance(half(), half()).distance)).toBeLessThan(1);
  });

  it("draw from large sets what numpy would, and refuse sets that are too large", () => {
    expect([
      ...drawRows(
        grid(10, 1, (i) => i),
        4,
      ).data,
    ]).toEqual([2, 4, 9, 1]);
    expect(drawRows(x, 6)).toBe(x);
    const many = { count: 20001, width: 1, data: new Float32Array(20001) };
    expect(() => kernelAudioDistance(many, many)).toThrow(/20001 rows.*drawRows/);
  });

  it("are defined for rows that are all equal and refuse one row", () => {
    const flat = grid(5, 3, () => 1);
    expect(kernelAudioDistance(flat, flat).distance).toBe(0);
    expect(() => kernelAudioDistance(rowsOf([[1, 2, 3]]), x)).toThrow(/1 rows; expected at least 2/);
    expect(() => kernelInceptionDistanceOfSubsets(x, y)).toThrow(/subsets of 1000 rows cannot be drawn/);
  });
});

describe("onsets", () => {
  it("hit one to one within the tolerance", () => {
    expect(onsetAgreement([0.51, 1.32, 2.2, 3.09], [0.5, 1.25, 2, 3.1], 0.1)).toEqual({
      hits: 3,
      precision: 0.75,
      recall: 0.75,
      f1: 0.75,
    });
    expect(onsetAgreement([1.05, 0.97], [1, 1.08], 0.05).hits).toBe(2);
    for (const [a, b] of [
      [[], []],
      [[1], []],
      [[], [1]],
    ])
      expect(onsetAgreement(a!, b!, 0.1).f1).toBe(0);
  });

  it("find how late a sound is by its loudness; silence has no lag", () => {
    const burst = (at: number) =>
      Float32Array.from({ length: 16000 }, (_, i) => (i < at ? 0 : Math.sin(i) * Math.exp((at - i) / 900)));
    expect(envelopeLag(burst(5600), burst(4000), 16000).seconds).toBeCloseTo(0.1, 12);
    expect(envelopeLag(burst(4000), burst(5600), 16000).seconds).toBeCloseTo(-0.1, 12);
    expect(envelopeLag(new Float32Array(16000), burst(4000), 16000)).toEqual({ seconds: 0, peak: 0, atZero: 0 });
  });
});

describe("cleanSampleName", () => {
  it("goes by length alone", () => {
    expect(cleanSampleName("000000014_zxpo56cpUBU_000007-0")).toBe("zxpo56cpUBU_000007");
    expect(cleanSampleName("Y---g-f_I2yQ_000001_0")).toBe("---g-f_I2yQ_000001");
    expect(cleanSampleName("zxpo56cpUBU_000007-0")).toBe("zxpo56cpUBU_000007");
    expect(cleanSampleName("clip_003")).toBe("clip_003");
  });
});

describe("bootstrap", () => {
  it("covers the mean as its standard error says, the same every time", () => {
    const { uint32 } = randomState(3);
    const values = Array.from({ length: 400 }, () => uint32() / 2 ** 32);
    const interval = bootstrap(values.length, (chosen) => mean([...chosen].map((i) => values[i]!)));
    const error = Math.sqrt(1 / 12 / 400);
    expect(interval.high - interval.low).toBeGreaterThan(3.2 * error);
    expect(interval.high - interval.low).toBeLessThan(4.6 * error);
    expect(interval.low).toBeLessThan(mean(values));
    expect(interval).toEqual(bootstrap(values.length, (chosen) => mean([...chosen].map((i) => values[i]!))));
  });

  it("is undefined for one clip, and rejects a level that is none", () => {
    expect(bootstrap(1, () => 1)).toEqual({ low: Number.NaN, high: Number.NaN });
    expect(() => bootstrap(5, () => 1, { level: 1 })).toThrow(/at level 1/);
  });
});
