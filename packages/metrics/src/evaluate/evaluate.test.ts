import { testMetric } from "@foley-control/core/testing";
import { describe, expect, it, test } from "vitest";
import { fdPasst, iscPanns, kadVgg, metricOf, metrics, onsetF1At50 } from "../index.js";
import type { ClipFeatures } from "../metrics/clip-metric.js";
import { randomState } from "../statistics/mersenne-twister.js";
import { rowsOf } from "../statistics/rows.js";
import type { ComparedClip, EvaluatedSound } from "./clips.js";
import { type EvaluateSystemsOptions, evaluateSystems } from "./evaluate.js";
import { networkNeeds } from "./network-needs.js";
import { pairNames } from "./pairing.js";
import { evaluationPreset, evaluationPresets } from "./presets.js";
import type { EvaluationReport, MetricResult } from "./report.js";
import { csvOf, jsonOf, latexRows, markdownTable, remarks, textTable } from "./tables.js";

/** Clips with every feature; the larger the error, the further the generated side is from the true one. */
function clips(error: number, count = 24): readonly ClipFeatures[] {
  const { uint32 } = randomState(7);
  const uniform = () => uint32() / 2 ** 31 - 1;
  return Array.from({ length: count }, (_, i) => {
    const row = (width: number) => Array.from({ length: width }, uniform);
    const moved = (from: readonly number[]) => from.map((x, j) => x + error * (j % 2 === 0 ? 2 : -2));
    const features: Record<string, ReturnType<typeof rowsOf>> = {};
    for (const name of ["vggish", "panns", "passt", "panns-logits", "passt-logits", "mean-mel"]) {
      const truth = row(6);
      // A clear class per clip; the error makes all classes alike.
      if (name.endsWith("logits")) truth[i % 6]! += 8;
      const changed = name.endsWith("logits") ? truth.map((x) => x * (1 - error)) : moved(truth);
      features[`reference/${name}`] = rowsOf([truth]);
      features[`generated/${name}`] = rowsOf([changed]);
    }
    for (const [other, own] of [
      ["video/imagebind", "generated/imagebind"],
      ["text/laion-clap", "generated/laion-clap"],
      ["text/ms-clap", "generated/ms-clap"],
    ] as const) {
      const seen = row(6);
      features[other] = rowsOf([seen]);
      features[own] = rowsOf([seen.map((x, j) => x + error * (j + 1))]);
    }
    const offset = (seconds: number) => Array.from({ length: 21 }, (_, c) => (c === 10 + 5 * seconds ? 1 : 0));
    features["pair/synchformer"] = rowsOf([offset(0), offset(2 * error)]);
    features["reference/onsets"] = rowsOf([[0.5], [1], [1.5]]);
    features["generated/onsets"] = rowsOf([[0.5], [1 + 0.2 * error], [1.5]]);
    const contour = (late: number) =>
      Array.from({ length: 200 }, (_, t) => Math.exp(-(((t - 60 - 20 * late) / 8) ** 2)) + late * Math.sin(t));
    features["reference/envelope"] = rowsOf([contour(0)]);
    features["generated/envelope"] = rowsOf([contour(error)]);
    const scores = [8 - 3 * error, 8 - 3 * error, 3 + 3 * error, 8 - 3 * error];
    features["generated/audiobox"] = rowsOf([scores]);
    return { name: `clip-${String(i).padStart(2, "0")}`, features };
  });
}

describe.each(metrics.map((metric) => [metric.id, metric] as const))("conformance of %s", (id, metric) => {
  for (const check of testMetric(() => metricOf(id), { inputs: clips(0.5), better: clips(0), worse: clips(1) }))
    test(check.name, () => check.run());
  test("is documented by its own fields, and says when there is nothing to look at", () => {
    expect(metric.title.length).toBeGreaterThan(0);
    expect(() => metric.compute([])).toThrow(/no clip to look at/);
  });
});

describe("metrics of sets", () => {
  it("take every clip of a side, or only pairs", () => {
    const all = clips(1);
    const [first, ...rest] = all as readonly [ClipFeatures, ...ClipFeatures[]];
    const generatedOnly = Object.entries(first.features).filter(([name]) => name.startsWith("generated/"));
    const alone = { name: first.name, features: Object.fromEntries(generatedOnly) };
    expect(fdPasst.compute([alone, ...rest])).toBe(fdPasst.compute(rest));
    expect(kadVgg.compute([alone, ...rest])).not.toBe(kadVgg.compute(rest));
    expect(() => iscPanns.compute(all.slice(0, 3))).toThrow(/3 rows in 10 parts/);
  });
});

describe("onset metrics", () => {
  it("leave out clips without any onset, and score 0 where one side has some", () => {
    const none = { count: 0, width: 1, data: new Float32Array(0) };
    const clip = (name: string, reference: typeof none, generated: typeof none) => ({
      name,
      features: { "reference/onsets": reference, "generated/onsets": generated },
    });
    const some = { count: 1, width: 1, data: Float32Array.of(1) };
    const inputs = [clip("both", some, some), clip("neither", none, none), clip("one", some, none)];
    expect(inputs.map((input) => onsetF1At50.clip?.(input))).toEqual([1, undefined, 0]);
    expect(onsetF1At50.compute(inputs)).toBe(0.5);
    expect(() => onsetF1At50.compute([inputs[1] as ClipFeatures])).toThrow(/no clip to look at/);
  });
});

describe("pairNames", () => {
  it("pairs, names the rest, and cleans only what has no match as it is", () => {
    const clean = (name: string) => name.slice(0, 2);
    expect(pairNames(["aa", "bb", "cc"], ["bb", "aa-1", "dd"], clean)).toEqual({
      pairs: [
        { name: "aa", reference: "aa", generated: "aa-1" },
        { name: "bb", reference: "bb", generated: "bb" },
      ],
      onlyReference: ["cc"],
      onlyGenerated: ["dd"],
    });
    expect(() => pairNames(["aa"], ["aa-1", "aa-2"], clean)).toThrow(/"aa-1" and "aa-2" are both of the clip "aa"/);
    expect(() => pairNames(["a", "a"], [])).toThrow(/"a" more than once/);
  });

  it("pairs a name however its accents are written, and what foley calls its own", () => {
    const [composed, decomposed] = ["Müller café".normalize("NFC"), "Müller café".normalize("NFD")];
    for (const [reference, generated] of [
      [composed, decomposed],
      [decomposed, composed],
      ["clip", "clip.foley"],
      ["clip", "clip.foley-2"],
      [composed, `${decomposed}.foley`],
    ] as const)
      expect(pairNames([reference], [generated])).toEqual({
        pairs: [{ name: reference, reference, generated }],
        onlyReference: [],
        onlyGenerated: [],
      });
    // A true clip of that very name goes before.
    expect(pairNames(["clip.foley"], ["clip.foley"]).pairs).toHaveLength(1);
    expect(pairNames(["clip"], ["clip.foley.foley"]).onlyGenerated).toEqual(["clip.foley.foley"]);
    expect(() => pairNames([composed, decomposed], [])).toThrow(/more than once/);
  });
});

describe("evaluateSystems", () => {
  const evaluated = async (
    clipList: readonly (Omit<ComparedClip, "generated"> & { readonly generated: EvaluatedSound })[],
    options: EvaluateSystemsOptions,
  ) => {
    const compared = clipList.map((clip) => ({ ...clip, generated: new Map([["made", clip.generated]]) }));
    return (await evaluateSystems(["made"], compared, options))[0];
  };
  const sound = { digest: async () => "", read: async () => ({ channels: [Float32Array.of(1)], sampleRate: 8000 }) };
  const hear = {
    id: "counter",
    makes: ["onsets"],
    compute: async () => ({ onsets: rowsOf([[0.25]]) }),
    dispose: async () => {},
  };

  it("runs only what a metric needs, on sides that are there", async () => {
    let runs = 0;
    const compute = async () => {
      runs++;
      return { onsets: rowsOf([[0.25]]) };
    };
    const counting = { ...hear, compute };
    const clipList = [
      { name: "b", reference: sound, generated: sound },
      { name: "a", generated: sound },
    ];
    const report = await evaluated(clipList, { metrics: [onsetF1At50], hear: [counting, { ...counting, makes: ["other"] }] });
    expect(runs).toBe(3);
    expect(report).toMatchObject({ pairs: 1, onlyGenerated: ["a"], results: [{ value: 1, clips: 1, perClip: { b: 1 } }] });
  });

  it("does not hide faults of the program, repeats of a name, or a stop", async () => {
    const broken = { ...hear, compute: () => Promise.reject(new TypeError("bug")) };
    const clip = { name: "a", reference: sound, generated: sound };
    await expect(evaluated([clip], { metrics: [onsetF1At50], hear: [broken] })).rejects.toThrow("bug");
    await expect(evaluated([clip, clip], { metrics: [onsetF1At50], hear: [hear] })).rejects.toThrow(/two clips named "a"/);
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(evaluated([clip], { metrics: [onsetF1At50], hear: [hear], signal })).rejects.toThrow("stopped");
  });
});

describe("networkNeeds", () => {
  it("names each network once, with its licence and the metrics that look through it", () => {
    const needs = networkNeeds(evaluationPresets.flatMap(({ metrics: ids }) => ids.map(metricOf)));
    expect(needs.map(({ network }) => network).sort()).toEqual([
      "audiobox",
      "imagebind",
      "laion-clap",
      "ms-clap",
      "panns",
      "passt",
      "synchformer",
      "vggish",
    ]);
    const imagebind = needs.find(({ network }) => network === "imagebind");
    expect(imagebind).toMatchObject({ metrics: ["ib-score"], release: { nonCommercial: true } });
    expect(needs.find(({ network }) => network === "panns")?.metrics).toContain("kl-panns");
    expect(networkNeeds(evaluationPreset("scenes").metrics.map(metricOf))).toEqual([]);
  });
});

describe("presets", () => {
  it("have an unbiased distance beside every Fréchet distance", () => {
    for (const { metrics: ids } of evaluationPresets)
      for (const id of ids) if (id.startsWith("fd-")) expect(ids).toContain(id.replace("fd-", "kad-"));
  });

  it("name metrics that there are", () => {
    for (const { metrics: ids } of evaluationPresets) for (const id of ids) expect(metricOf(id).id).toBe(id);
    expect(() => metricOf("fd")).toThrow(/no metric "fd".*fd-vggish/);
  });
});

describe("tables", () => {
  const result = (id: string, direction: "higher" | "lower", value: number | undefined): MetricResult => {
    const rest = { interval: undefined, clips: 2, note: undefined, perClip: { 'one, "two"': 1 } };
    return { id, title: id.toUpperCase(), unit: "1", direction, value, ...rest };
  };
  const report = (system: string, ...values: [number | undefined, number]): EvaluationReport => ({
    system,
    pairs: 2,
    onlyReference: [],
    onlyGenerated: [],
    silent: [],
    silentReference: [],
    unequal: [],
    networks: [],
    madeBy: [],
    seconds: undefined,
    failures: [],
    results: [result("fd", "lower", values[0]), result("is", "higher", values[1])],
  });
  const reports = [report("ours_1", 12.345, 1.5), report("=theirs", undefined, 1.25)];

  it("show intervals on demand, and a star where a remark says why not to trust a number", () => {
    const result0 = (reports[0] as EvaluationReport).results[0] as MetricResult;
    const marked = {
      ...(reports[0] as EvaluationReport),
      onlyReference: ["x", "y", "z", "u", "v", "w"],
      unequal: [{ name: "a", reference: 8, generated: 7.5 }],
      results: [{ ...result0, note: "Few rows.", interval: { low: 11, high: 13.5 } }],
    };
    expect(textTable([marked], { intervals: true })).toBe("                         FD ↓\nours_1  12.35* [11.00, 13.50]");
    expect(markdownTable([marked])).toContain("| 12.35* |");
    expect(latexRows([marked], { intervals: true })).toContain("12.35* [11.00, 13.50]");
    expect(remarks([marked])).toEqual([
      "ours_1: nothing generated for x, y, z, u, v and 1 more",
      "ours_1: the two sounds differ in length: a (8.00 s, 7.50 s)",
      "ours_1: FD: Few rows.",
    ]);
    expect(JSON.parse(jsonOf([marked]))).toMatchObject({ reports: [{ results: [{ value: 12.345, interval: { low: 11 } }] }] });
  });

  it("have systems as rows and the better number in bold", () => {
    expect(markdownTable(reports)).toBe(
      "| system | FD ↓ | IS ↑ |\n| --- | --: | --: |\n| ours_1 | **12.35** | **1.500** |\n| =theirs | – | 1.250 |",
    );
    expect(latexRows(reports)).toBe(
      "System & FD $\\downarrow$ & IS $\\uparrow$ \\\\\nours\\_1 & \\textbf{12.35} & \\textbf{1.500} \\\\\n=theirs & -- & 1.250 \\\\",
    );
    expect(textTable(reports)).toBe("          FD ↓   IS ↑\nours_1   12.35  1.500\n=theirs      –  1.250");
    expect(csvOf(reports).split("\n").slice(0, 3)).toEqual([
      "system,metric,clip,value,low,high,clips,note",
      "ours_1,fd,,12.345,,,2,",
      'ours_1,fd,"one, ""two""",1',
    ]);
    expect(csvOf(reports)).toContain("'=theirs,fd");
  });
});
