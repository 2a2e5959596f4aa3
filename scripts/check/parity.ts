/** The golden numbers that lie in the project, against the reference code's tolerances; `npm run parity` checks further folders. */
import { join } from "node:path";
import { assembleCases } from "../../parity/assemble.js";
import { checkCase, findCases } from "../../parity/run.js";
import { outputFolder } from "./command.js";
import { type Counts, none, report, sum } from "./step.js";

/** Checks every case. */
export async function runParity(): Promise<Counts> {
  const folder = join(outputFolder, "parity");
  await assembleCases(folder);
  const cases = findCases([folder]);
  if (cases.length === 0) return report("golden cases", ["parity/fixtures has none"]);
  let counts = none;
  for (const path of cases) {
    const { name, kind, comparisons, problem, seconds } = await checkCase(path);
    const missed = comparisons
      .filter(({ passed }) => !passed)
      .map(({ output, maxAbs, relL2, reason }) => reason ?? `${output}: maxAbs ${maxAbs}, relL2 ${relL2}`);
    const title = `${name} (${kind ?? "unknown"}, ${comparisons.length} outputs)`;
    counts = sum([counts, report(title, problem === undefined ? missed : [problem], seconds)]);
  }
  return counts;
}
