/** An evaluation as a page: the table, how clips are distributed, the worst and the best of them, and what did not count. */
import { type EvaluationReport, licenceNotice, type MetricResult } from "@foley-control/metrics/node";
import { escape, histogram, numberText, onsets, page, player, type Section, table } from "@foley-control/report";
import type { Outcome } from "./outcome.js";
import type { ShownClip, ShownSystem } from "./shown-clips.js";

/** The whole page. */
export function evaluationPage(outcome: Outcome, shown: readonly ShownSystem[], by: MetricResult | undefined): string {
  const { preset, reports } = outcome;
  const columns = metricColumns(reports);
  const seconds = reports[0]?.seconds;
  return page({
    title: reports.length === 1 ? `Evaluation of ${reports[0]?.system}` : `Evaluation of ${reports.length} systems`,
    lead: `${preset.about} ${seconds === undefined ? "Clips count whole." : `The first ${numberText(seconds)} s of every clip count.`}`,
    sections: [
      {
        heading: "Table",
        note: "↑ more is better, ↓ less is better.",
        body: table(
          ["system", "pairs", ...columns.map(header)],
          reports.map((report) => [
            report.system,
            report.pairs,
            ...columns.map(({ id }) => report.results.find((result) => result.id === id)?.value),
          ]),
        ),
      },
      {
        heading: "Every number",
        note: "Intervals are 95 % by bootstrap over clips; statistics of whole sets have none.",
        body: table(
          ["metric", "system", "value", "from", "to", "unit", "clips", "note"],
          (reports[0]?.results ?? []).flatMap(({ id }) =>
            reports.flatMap(({ system, results }) =>
              results
                .filter((result) => result.id === id)
                .map((one) => [
                  header(one),
                  system,
                  one.value,
                  one.interval?.low,
                  one.interval?.high,
                  one.unit,
                  one.clips,
                  one.note,
                ]),
            ),
          ),
        ),
      },
      ...distributions(reports, columns),
      ...shown.map((system) => clipSection(system, by as MetricResult)),
      { heading: "What did not count", body: leftOut(outcome) },
      { heading: "How it was measured", body: procedure(outcome) },
    ],
  });
}

const header = ({ title, direction }: MetricResult): string => `${title} ${direction === "higher" ? "↑" : "↓"}`;

/** Metrics that any system has a number for. */
function metricColumns(reports: readonly EvaluationReport[]): readonly MetricResult[] {
  const found = new Map<string, MetricResult>();
  for (const { results } of reports)
    for (const result of results) if (result.value !== undefined && !found.has(result.id)) found.set(result.id, result);
  return [...found.values()];
}

function distributions(reports: readonly EvaluationReport[], columns: readonly MetricResult[]): readonly Section[] {
  const ofClips = columns.filter(({ id }) =>
    reports.some(({ results }) => Object.keys(results.find((one) => one.id === id)?.perClip ?? {}).length > 0),
  );
  if (ofClips.length === 0) return [];
  const body = ofClips.map((column) => {
    const series = reports.map(({ system, results }) => ({
      name: system,
      values: Object.values(results.find((one) => one.id === column.id)?.perClip ?? {}),
    }));
    return histogram(series, { x: column.unit === "1" ? header(column) : `${header(column)} (${column.unit})` });
  });
  return [{ heading: "Distributions", note: "Clips by their number, one row per system.", body: body.join("\n") }];
}

function clipSection({ system, worst, best }: ShownSystem, by: MetricResult): Section {
  return {
    heading: `Clips of ${system}`,
    note: `Chosen by ${header(by)}. Ticks are onsets, grey is loudness. What plays are copies in the folder beside this page.`,
    body: [...worst.map((clip) => clipBody("Worst", clip, by)), ...best.map((clip) => clipBody("Best", clip, by))].join("\n"),
  };
}

function clipBody(word: string, { name, caption, value, sides }: ShownClip, by: MetricResult): string {
  const unit = by.unit === "1" ? "" : ` ${by.unit}`;
  const rows = sides.map(({ title, onsets: times, loudness }) => ({ name: title, times, envelope: loudness }));
  const players = sides.map(({ title, media }) =>
    media
      ? player({ ...media, caption: title })
      : `<p class="note">${escape(`${title}: not copied, it is large or part of a longer file.`)}</p>`,
  );
  return [
    `<h3>${escape(`${word}: ${name}`)}</h3>`,
    `<p>${escape(`${by.title} ${numberText(value)}${unit}${caption === undefined ? "" : ` · ${caption}`}`)}</p>`,
    onsets({ seconds: Math.max(0, ...sides.map((side) => side.seconds)), rows }),
    ...players,
  ].join("\n");
}

function leftOut({ reports, generated, missing, published, clips }: Outcome): string {
  const parts: string[] = [];
  const list = (title: string, rows: readonly (readonly [string, string])[]): void => {
    if (rows.length > 0) parts.push(`<h3>${escape(title)}</h3>`, table(["clip", "why"], rows));
  };
  if (published !== undefined && clips < published)
    parts.push(
      `<p>${escape(`The list has ${clips} of the ${published} clips of the benchmark: numbers do not compare with published ones.`)}</p>`,
    );
  list(
    "Files of the benchmark that are missing",
    missing.map(({ id, what, names }) => [id, `no ${what}: looked for ${names.join(", ")}`]),
  );
  if (generated)
    list(
      "Not made",
      generated.failed.map(({ name, reason }) => [name, reason]),
    );
  for (const report of reports) {
    list(`${report.system}: not paired`, [
      ...report.onlyReference.map((name) => [name, "no generated sound"] as const),
      ...report.onlyGenerated.map((name) => [name, "nothing true of this name"] as const),
    ]);
    list(
      `${report.system}: could not be scored`,
      report.failures.map(({ name, reason, features }) => [name, `${reason} (${features.join(", ")})`]),
    );
    list(`${report.system}: silent`, [
      ...report.silent.map((name) => [name, "the generated sound is silent throughout; it counts"] as const),
      ...report.silentReference.map((name) => [name, "the true sound is silent throughout; it counts"] as const),
    ]);
    list(
      `${report.system}: of different lengths`,
      report.unequal.map(({ name, reference, generated: own }) => [
        name,
        `true ${numberText(reference)} s, generated ${numberText(own)} s`,
      ]),
    );
  }
  return parts.length === 0
    ? `<p class="empty">Everything counted: all names paired, nothing silent, damaged or too short.</p>`
    : parts.join("\n");
}

function procedure({ preset, reports, generated }: Outcome): string {
  const networks = new Map(reports.flatMap((report) => report.networks).map(({ release }) => [release.file, release]));
  const rows: (readonly [string, string])[] = [
    ["preset", preset.id],
    ...(generated
      ? [["made by us", `${generated.made} now, ${generated.kept} before, seeds drawn from ${generated.seed}`] as const]
      : []),
    ...[...networks.values()].map((release) => ["network", licenceNotice(release)] as const),
    ...[...new Set(reports.flatMap(({ madeBy }) => madeBy))].map((id) => ["features", id] as const),
  ];
  return table(["what", "which"], rows);
}
