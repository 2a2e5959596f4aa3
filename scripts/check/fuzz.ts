/** A fixed slice of the fuzzer: the same inputs in every run. `npm run fuzz` runs others. */
import { PARTS, TESTED_PARTS } from "../fuzz/parts.js";
import { fuzz } from "../fuzz/run.js";
import { tableOf } from "../fuzz/table.js";
import { type Counts, none, report, sum } from "./step.js";

/** Every part, one after the other. */
export async function runFuzz(): Promise<Counts> {
  let counts = none;
  for (const part of TESTED_PARTS) {
    const { slice } = await PARTS[part]();
    const found = await fuzz({ part, seed: 1, from: 0, inputs: slice, seconds: Number.POSITIVE_INFINITY });
    counts = sum([counts, report(`${slice} inputs of ${part}`, found.findings.length === 0 ? [] : [tableOf(found)])]);
  }
  return counts;
}
