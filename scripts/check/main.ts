/** Runs the steps of `npm test`, side by side where they leave each other alone, and ends with a table of times and one line of counts. */
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { coresEach, jobsThatWait } from "../jobs.js";
import { outputFolder } from "./command.js";
import { inSchedule } from "./schedule.js";
import { type Counts, countsLine, none, type Step, sum } from "./step.js";
import { steps } from "./steps.js";

/** The steps that `--only` and `--skip` leave; throws on a name that is none. */
function selectSteps(only: string | undefined, skip: string | undefined): readonly Step[] {
  const names = (list: string | undefined) => list?.split(",").map((name) => name.trim()) ?? [];
  for (const name of [...names(only), ...names(skip)]) {
    if (!steps.some((step) => step.name === name)) {
      throw new Error(`There is no step "${name}". The steps are ${steps.map((step) => step.name).join(", ")}.`);
    }
  }
  return steps.filter((step) => (only === undefined || names(only).includes(step.name)) && !names(skip).includes(step.name));
}

interface Row {
  readonly name: string;
  readonly seconds: number;
  readonly counts: Counts;
}

async function runStep({ name, about, run }: Step): Promise<Row> {
  const started = performance.now();
  console.log(`\n${name}: ${about}`);
  const row = (counts: Counts): Row => ({ name, seconds: (performance.now() - started) / 1000, counts });
  try {
    return row(await run());
  } catch (error) {
    console.log(`  FAILED  ${error instanceof Error ? error.message : String(error)}`);
    return row({ ...none, failed: 1 });
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, skip: { type: "string" }, list: { type: "boolean" } },
  });
  if (values.list) {
    for (const step of steps) console.log(`${step.name.padEnd(10)}${step.about}`);
    return 0;
  }
  const selected = selectSteps(values.only, values.skip);
  mkdirSync(outputFolder, { recursive: true });
  // Nothing changes while it is checked: what is started from source is bundled once for all steps.
  process.env["FOLEY_TEST_RUN"] = `${Date.now()}-${process.pid}`;
  // Other steps run beside: what computes takes its share of the cores.
  process.env["CORES_EACH"] = `${coresEach()}`;
  const rows = await inSchedule(selected, runStep, jobsThatWait());
  const total = sum(rows.map((row) => row.counts));
  console.log("");
  for (const row of rows) {
    console.log(
      `${row.counts.failed > 0 ? "failed" : "ok    "}  ${row.name.padEnd(10)}${row.seconds.toFixed(1).padStart(7)} s  ${countsLine(row.counts)}`,
    );
  }
  console.log(`\n${countsLine(total)}`);
  return total.failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
