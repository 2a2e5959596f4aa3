/**
 * `npm run parity`: runs every golden case of the project, or below the folders that are named, and prints the differences beside
 * the tolerances. Ends with 1 when a case misses or is of no known kind.
 *
 *     npm run parity -- --only samplers
 *     npm run parity -- cases --only sao-tiny-dit --verbose
 */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Comparison } from "@foley-control/golden";
import { assembleCases } from "@foley-control/golden/node";
import { type CaseReport, checkCase, findCases } from "./run.js";

const usage = `npm run parity -- [DIR…] [--only TEXT] [--verbose] [--json]

Checks this implementation against golden numbers of the reference code.

  DIR…         folders with cases (NAME.json + NAME.safetensors), at any depth, or single case files; default: the project's own
  --only TEXT  only cases whose name contains TEXT
  --verbose    every output, not only the worst of each case and those that miss
  --json       one JSON document on standard output`;

const { values, positionals } = readArguments();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
for (const folder of positionals)
  if (!existsSync(folder)) {
    console.error(`parity: ${folder} does not exist.`);
    process.exit(2);
  }

const own = positionals.length === 0 ? await ownCases() : undefined;
const { only } = values;
const paths = findCases(own === undefined ? positionals : [own]).filter(
  (path) => only === undefined || path.slice(own?.length).includes(only),
);
if (paths.length === 0) {
  const where = own === undefined ? ` below ${positionals.join(", ")}` : "";
  console.error(`parity: no case${where}${only === undefined ? "" : ` contains "${only}"`}.`);
  process.exit(2);
}
const reports: CaseReport[] = [];
for (const path of paths) {
  const report = await checkCase(path);
  reports.push(report);
  if (!values.json) print(report);
}
const missed = reports.filter(({ passed }) => !passed);
if (values.json) console.log(JSON.stringify(reports, null, 2));
else {
  const outputs = reports.reduce((sum, { comparisons }) => sum + comparisons.length, 0);
  console.log(`\n${reports.length} cases, ${outputs} outputs, ${missed.length} cases missed`);
}
process.exit(missed.length === 0 ? 0 : 1);

/** The project's own cases, laid out in a folder that goes when the program does. */
async function ownCases(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "foley-parity-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  await assembleCases(folder);
  return folder;
}

function print({ name, kind, comparisons, problem, passed, seconds }: CaseReport): void {
  const count = `${comparisons.length} output${comparisons.length === 1 ? "" : "s"}`;
  console.log(`${passed ? "ok  " : "MISS"} ${name}  (${kind ?? "?"}, ${count}, ${seconds.toFixed(1)} s)`);
  if (problem !== undefined) console.log(`       ${problem}`);
  const bad = comparisons.filter((one) => !one.passed);
  const worst = comparisons.reduce<Comparison | undefined>((a, b) => (a && share(a) >= share(b) ? a : b), undefined);
  const shown = values.verbose ? comparisons : bad.length > 0 ? bad.slice(0, 20) : worst ? [worst] : [];
  for (const one of shown) {
    const part = (label: string, found: number, limit: number | undefined) =>
      limit === undefined ? "" : `  ${label} ${found.toExponential(2)} of ${limit.toExponential(0)}`;
    console.log(
      `       ${one.passed ? " " : "!"} ${one.output}${part("maxAbs", one.maxAbs, one.limits.maxAbs)}${part("relL2", one.relL2, one.limits.relL2)}${one.reason === undefined ? "" : `  ${one.reason}`}`,
    );
  }
  if (!values.verbose && bad.length > shown.length) console.log(`       … and ${bad.length - shown.length} more`);
}

/** How much of its tolerance a comparison uses. */
function share({ maxAbs, relL2, limits }: Comparison): number {
  return Math.max(maxAbs / (limits.maxAbs ?? Number.POSITIVE_INFINITY), relL2 / (limits.relL2 ?? Number.POSITIVE_INFINITY));
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: "string" },
        verbose: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    console.error(`parity: ${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
