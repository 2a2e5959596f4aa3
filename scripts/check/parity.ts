/** The golden numbers that lie in the project, against the reference code's tolerances; `npm run parity` checks further folders. */
import { join } from "node:path";
import { misses } from "@foley-control/golden";
import { assembleCases } from "@foley-control/golden/node";
import { outputFolder } from "./command.js";
import { type Counts, none, report, sum } from "./step.js";

/** Checks every case. */
export async function runParity(): Promise<Counts> {
  const folder = join(outputFolder, "parity");
  await assembleCases(folder);
  // When its turn comes: it opens a runtime, with the share of the cores that there is then.
  const { checkCase, findCases } = await import("../../parity/run.js");
  const cases = findCases([folder]);
  if (cases.length === 0) return report("golden cases", ["packages/golden/fixtures has none"]);
  let counts = none;
  for (const path of cases) {
    const { name, kind, comparisons, problem, seconds } = await checkCase(path);
    const title = `${name} (${kind ?? "unknown"}, ${comparisons.length} outputs)`;
    counts = sum([counts, report(title, problem === undefined ? misses(comparisons) : [problem], seconds)]);
  }
  return counts;
}
