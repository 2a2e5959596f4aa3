/** The tests of all packages, against their sources, with vitest. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { outputFolder, runCommand } from "./command.js";
import { type Counts, none, report } from "./step.js";

/** The part of vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/** Runs vitest and counts its tests; a file that could not be loaded counts as one failure. */
export async function runUnitTests(): Promise<Counts> {
  const reportFile = join(outputFolder, "vitest.json");
  rmSync(reportFile, { force: true });
  const result = await runCommand(["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`], {
    stream: true,
  });
  let found: VitestReport;
  try {
    found = JSON.parse(readFileSync(reportFile, "utf8")) as VitestReport;
  } catch {
    return report("vitest", [`wrote no report (exit code ${result.code})`]);
  }
  const broken = found.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  const counts = {
    passed: found.numPassedTests,
    failed: found.numFailedTests + broken,
    skipped: found.numPendingTests + found.numTodoTests,
  };
  // An error outside every test (an unhandled rejection) shows in the exit code alone.
  if (result.code !== 0 && counts.failed === 0)
    return { ...counts, failed: report("vitest", [`exit code ${result.code}`]).failed };
  return counts.passed + counts.failed === 0 ? report("vitest", ["found no tests"]) : { ...none, ...counts };
}
