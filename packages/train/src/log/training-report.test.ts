/** The page about a training: what it shows of full, empty, old and hostile records. */
import { expect, test } from "vitest";
import { parseLines, type SamplesLine, type StepLine, type ValidationLine } from "./lines.js";
import { type TrainingRecord, trainingReport } from "./training-report.js";

const steps: readonly StepLine[] = Array.from({ length: 200 }, (_, i) => ({
  step: i + 1,
  loss: 1 / (i + 1),
  gradientNorm: 2 / (i + 1),
  learningRate: 1e-3,
  stepSeconds: 0.5,
  waitSeconds: 0.05,
}));
const validation = (step: number): ValidationLine => ({
  step,
  clips: 8,
  seconds: 3,
  times: [0.1, 0.9],
  average: [0.25, 0.75],
  raw: [0.5, null],
});
const samples: SamplesLine = {
  step: 200,
  seconds: 4,
  f1At50: 0.5,
  f1At100: 0.625,
  f1At100Shuffled: 0.125,
  meanLag: 0.01,
  clips: [
    {
      name: '<b>"one"</b>',
      file: "samples/step-200/a b#1.wav",
      prompt: "<script>alert(1)</script>",
      duration: 4,
      detected: [1, 2],
      truth: [1.01],
      f1At50: 0.5,
      f1At100: 0.625,
    },
  ],
};
const record: TrainingRecord = {
  title: "Training of a/bridge",
  description: {
    steps: 400,
    clipsPerStep: 32,
    configuration: { bridge: { width: 192, sizes: [1, 2] } },
    environment: { node: "v20" },
  },
  steps,
  validations: [validation(0), validation(200)],
  samples: [samples],
};
const headings = (html: string) => [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);

test("everything that is known is there", () => {
  const html = trainingReport(record);
  expect(headings(html)).toEqual([
    "Loss",
    "Validation",
    "Sync",
    "Gradients and learning rate",
    "Throughput",
    "Samples",
    "Made with",
  ]);
  expect(html).toContain("200 of 400 steps, 0.03 hours of training, loss ");
  expect(html).toContain("on held-out clips 0.5000, onset F1 at ±100 ms 0.63.");
  expect(html).toContain("10.0 % of the time was spent waiting for batches");
  expect(html).toMatch(/averaged weights.*0\.25.*0\.75.*0\.5/s);
  expect(html).toContain("bridge.sizes");
  expect(html).toContain('src="samples/step-200/a%20b%231.wav"');
});

test("names and prompts are text", () => {
  const html = trainingReport(record);
  expect(html).not.toContain("<script>");
  expect(html).not.toContain("<b>");
  expect(html).toContain("&lt;script&gt;alert(1)");
});

test("a run that has just begun, and a log of an earlier version, which repeats steps after a resume", () => {
  expect(trainingReport({ title: "x", steps: [], validations: [], samples: [] })).toContain("No step has been written down yet.");
  const old = [10, 20, 30, 20, 30, 40].map((step, i) =>
    JSON.stringify({ step, loss: i, gradientNorm: 1, learningRate: 1, stepsPerSecond: 2 }),
  );
  const lines = parseLines<StepLine>(`${old.join("\n")}\n{"step":50,"lo`);
  expect(lines.map(({ step, loss }) => [step, loss])).toEqual([
    [10, 0],
    [20, 3],
    [30, 4],
    [40, 5],
  ]);
  expect(headings(trainingReport({ title: "x", steps: lines, validations: [], samples: [] }))).toEqual([
    "Loss",
    "Gradients and learning rate",
  ]);
});

test("lines of other shapes are left out", () => {
  expect(parseLines('null\n[1]\n"step"\n{"step":-1}\n{"step":1.5}\n{"step":3}\n\n{}')).toEqual([{ step: 3 }]);
});
