/** A training as one page: its curves, what it sounds like, what it was made with. */
import { escape, lines, onsets, page, player, type Section, table } from "@foley-control/report";
import type { RunDescription } from "./description.js";
import type { SampleLine, SamplesLine, StepLine, ValidationLine } from "./lines.js";

/** Everything that the folder of a run says about it. */
export interface TrainingRecord {
  /** Headline, e.g. the folder. */
  readonly title: string;
  /** Content of `run.json`; absent in folders of earlier versions. */
  readonly description?: RunDescription | undefined;
  /** In order, each step once. */
  readonly steps: readonly StepLine[];
  /** In order. */
  readonly validations: readonly ValidationLine[];
  /** In order. */
  readonly samples: readonly SamplesLine[];
}

/** Share of a run over which the loss is smoothed. */
const SMOOTHING = 0.03;
/** Rounds of samples that one can listen to: the first, the last and some between. */
const ROUNDS = 3;

/** Writes the page as HTML. Sounds are played from their files, so the page stays in the folder of the run. */
export function trainingReport(record: TrainingRecord): string {
  return page({
    title: record.title,
    lead: leadOf(record),
    sections: [
      lossSection(record),
      validationSection(record),
      syncSection(record),
      stepSection(record),
      scalarsSection(record),
      paceSection(record),
      samplesSection(record),
      configurationSection(record),
    ].filter((section) => section !== undefined),
  });
}

function leadOf({ steps, description, samples, validations }: TrainingRecord): string {
  const last = steps.at(-1);
  if (!last) return "No step has been written down yet.";
  const total = description?.steps;
  const parts = [`${last.step}${total === undefined ? "" : ` of ${total}`} steps`];
  const seconds = steps.reduce((sum, { stepSeconds }) => sum + (stepSeconds ?? 0), 0);
  if (seconds > 0) parts.push(`${(seconds / 3600).toFixed(seconds < 36_000 ? 2 : 1)} hours of training`);
  const smoothed = smooth(points(steps, ({ loss }) => loss)).at(-1);
  if (smoothed) parts.push(`loss ${smoothed.y.toFixed(4)}`);
  const held = meanOf(validations.at(-1)?.average);
  if (held !== undefined) parts.push(`on held-out clips ${held.toFixed(4)}`);
  const sync = samples.at(-1)?.f1At100;
  if (sync !== undefined) parts.push(`onset F1 at ±100 ms ${sync.toFixed(2)}`);
  return `${parts.join(", ")}.`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const points = <Line extends { readonly step: number }>(
  list: readonly Line[],
  value: (line: Line) => number | null | undefined,
): Point[] =>
  list.flatMap((line) => {
    const y = value(line);
    return y === undefined || y === null ? [] : [{ x: line.step, y }];
  });

/** Mean over the points around each, a window of {@link SMOOTHING} of all; narrower at the ends. */
function smooth(list: readonly Point[]): Point[] {
  const half = Math.ceil((SMOOTHING * list.length) / 2);
  const sums = new Float64Array(list.length + 1);
  for (const [i, { y }] of list.entries()) sums[i + 1] = (sums[i] as number) + y;
  return list.map(({ x }, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(list.length, i + half + 1)];
    return { x, y: ((sums[to] as number) - (sums[from] as number)) / (to - from) };
  });
}

const meanOf = (list: readonly (number | null)[] | undefined): number | undefined =>
  list && list.length > 0 && list.every((value) => value !== null)
    ? (list as readonly number[]).reduce((sum, value) => sum + value, 0) / list.length
    : undefined;

function lossSection({ steps }: TrainingRecord): Section {
  const loss = points(steps, (line) => line.loss);
  return {
    heading: "Loss",
    note: "Of the batch of each step, before the step; and its mean over the steps around.",
    body: lines(
      [
        { name: "each step", points: loss },
        { name: "mean", points: smooth(loss) },
      ],
      { x: "step", y: "loss" },
    ),
  };
}

function validationSection({ validations }: TrainingRecord): Section | undefined {
  const last = validations.at(-1);
  if (!last) return undefined;
  const times = last.times;
  // A run that went on with other times has curves for those that it has now.
  const curves = (which: "average" | "raw") =>
    (times.length === 0 ? [undefined] : times).map((time) => ({
      name: time === undefined ? "loss" : `t = ${time}`,
      points: points(validations, (line) => line[which][time === undefined ? 0 : line.times.indexOf(time)]),
    }));
  const axes = { x: "step", y: "loss on held-out clips" };
  const rows = (which: "average" | "raw") => [
    which === "average" ? "averaged weights" : "weights as they are",
    ...last[which].map((value) => value ?? Number.NaN),
    ...(times.length === 0 ? [] : [meanOf(last[which])]),
  ];
  return {
    heading: "Validation",
    note: `${last.clips} clips that are not trained on, always with the same noise${times.length === 0 ? "" : "; t says how much of it: 0 is the sound, 1 is noise"}. A measurement takes ${last.seconds.toFixed(1)} s.`,
    body: [
      "<h3>Averaged weights, which are kept</h3>",
      lines(curves("average"), axes),
      "<h3>Weights as they are</h3>",
      lines(curves("raw"), axes),
      `<h3>After step ${last.step}</h3>`,
      table(
        ["weights", ...(times.length === 0 ? ["loss"] : [...times.map((time) => `t = ${time}`), "mean"])],
        [rows("average"), rows("raw")],
      ),
    ].join("\n"),
  };
}

function syncSection({ samples }: TrainingRecord): Section | undefined {
  const series = [
    { name: "±100 ms", points: points(samples, (line) => line.f1At100) },
    { name: "±50 ms", points: points(samples, (line) => line.f1At50) },
    { name: "±100 ms, another clip's events", points: points(samples, (line) => line.f1At100Shuffled) },
  ].filter((line) => line.points.length > 0);
  if (series.length === 0) return undefined;
  return {
    heading: "Sync",
    note: "Onset F1 of the samples against what happens in their clips. Against the events of another clip it says what chance gives.",
    body: lines(series, { x: "step", y: "onset F1" }),
  };
}

function stepSection({ steps }: TrainingRecord): Section {
  const norm = points(steps, (line) => line.gradientNorm);
  return {
    heading: "Gradients and learning rate",
    body: [
      lines(
        [
          { name: "each step", points: norm },
          { name: "mean", points: smooth(norm) },
        ],
        { x: "step", y: "gradient norm before clipping", yScale: "log" },
      ),
      lines([{ name: "learning rate", points: points(steps, (line) => line.learningRate) }], { x: "step", y: "learning rate" }),
    ].join("\n"),
  };
}

function scalarsSection({ steps }: TrainingRecord): Section | undefined {
  const names = [...new Set(steps.flatMap(({ scalars }) => Object.keys(scalars ?? {})))];
  if (names.length === 0) return undefined;
  return {
    heading: "Parts of the loss",
    note: "Means over the steps around.",
    body: lines(
      names.map((name) => ({ name, points: smooth(points(steps, ({ scalars }) => scalars?.[name])) })),
      { x: "step", y: "value" },
    ),
  };
}

function paceSection({ steps, description }: TrainingRecord): Section | undefined {
  const taken = points(steps, ({ stepSeconds }) => stepSeconds);
  if (taken.length === 0) return undefined;
  const clips = description?.clipsPerStep;
  const total = taken.reduce((sum, { y }) => sum + y, 0);
  const waited = steps.reduce((sum, { waitSeconds }) => sum + (waitSeconds ?? 0), 0);
  return {
    heading: "Throughput",
    note: `Mean over the steps around. ${((100 * waited) / total).toFixed(1)} % of the time was spent waiting for batches.`,
    body: lines([{ name: "throughput", points: smooth(taken).map(({ x, y }) => ({ x, y: (clips ?? 1) / y })) }], {
      x: "step",
      y: clips === undefined ? "steps per second" : "clips per second",
    }),
  };
}

function samplesSection({ samples }: TrainingRecord): Section | undefined {
  const last = samples.at(-1);
  if (!last) return undefined;
  const shown = samples.filter(
    (_, i) =>
      i === samples.length - 1 ||
      Array.from({ length: ROUNDS - 1 }, (__, k) => Math.floor((k * (samples.length - 1)) / (ROUNDS - 1))).includes(i),
  );
  return {
    heading: "Samples",
    note: "Made for clips that are not trained on, with the averaged weights and always the same noise.",
    body: last.clips.map((clip) => clipOf(clip, shown)).join("\n"),
  };
}

function clipOf(clip: SampleLine, rounds: readonly SamplesLine[]): string {
  const heard = rounds.flatMap(({ step, clips }) =>
    clips.filter(({ name }) => name === clip.name).map((found) => ({ step, found })),
  );
  const scored = clip.f1At100 !== undefined && clip.f1At50 !== undefined;
  return [
    `<h3>${escape(clip.name)}: ${escape(clip.prompt)}</h3>`,
    ...(scored ? [`<p class="note">Onset F1 ${clip.f1At50} at ±50 ms, ${clip.f1At100} at ±100 ms.</p>`] : []),
    onsets({
      seconds: clip.duration,
      rows: [
        ...(clip.truth ? [{ name: "the clip", times: clip.truth }] : []),
        ...heard.map(({ step, found }) => ({ name: `step ${step}`, times: found.detected })),
      ],
    }),
    heard
      .map(({ step, found }) =>
        player({ kind: "audio", source: found.file.split("/").map(encodeURIComponent).join("/"), caption: `after step ${step}` }),
      )
      .join(""),
  ].join("\n");
}

function configurationSection({ description }: TrainingRecord): Section | undefined {
  if (!description) return undefined;
  return {
    heading: "Made with",
    body: [
      "<h3>Configuration</h3>",
      table(["entry", "value"], leaves(description.configuration)),
      "<h3>Environment</h3>",
      table(["entry", "value"], Object.entries(description.environment)),
    ].join("\n"),
  };
}

/** Leaves of a JSON value by their path; lists of plain values in one line. */
function leaves(value: unknown, path = ""): (readonly [string, string])[] {
  const plain = (each: unknown): boolean => typeof each !== "object" || each === null;
  if (plain(value) || (Array.isArray(value) && value.every(plain)))
    return [[path === "" ? "name" : path, typeof value === "string" ? value : JSON.stringify(value)]];
  return Object.entries(value as object).flatMap(([key, each]) => leaves(each, path === "" ? key : `${path}.${key}`));
}
