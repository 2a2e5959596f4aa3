/**
 * `npm run bench -- precision`: networks of real width in every precision on the CPU: how far they are from what the reference computed in
 * float32, how long a run takes beside float32, and how many bytes of weights are handed to ONNX Runtime.
 *
 *     npm run bench -- precision --only sao --repeat 5
 */
import { parseArgs } from "node:util";
import { measurePrecisions, type PrecisionRow } from "./precision/measure.js";
import { REAL_WIDTH_CASES, realWidthCase } from "./precision/real-width.js";

const { values } = parseArgs({
  options: { only: { type: "string" }, repeat: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
});
const report: Record<string, Record<string, PrecisionRow>> = {};
for (const name of REAL_WIDTH_CASES.filter((one) => one.includes(values.only ?? ""))) {
  const one = realWidthCase(name);
  const rows = await measurePrecisions(one, Number(values.repeat));
  report[name] = rows;
  if (values.json) continue;
  console.log(name);
  const base = rows.float32;
  for (const [precision, row] of Object.entries(rows)) {
    const cells = [
      `maxAbs ${row.maxAbs.toExponential(1)}`,
      `relL2 ${row.relL2.toExponential(1)}`,
      `${row.milliseconds.toFixed(0)} ms`.padStart(8),
      `${(base.milliseconds / row.milliseconds).toFixed(2)}× as fast`,
      `${(row.weightBytes / 1e6).toFixed(0)} MB`.padStart(7),
      `loaded in ${row.loadMilliseconds.toFixed(0)} ms`,
    ];
    console.log(`  ${precision.padEnd(8)} ${cells.join("  ")}`);
  }
}
if (values.json) console.log(JSON.stringify(report, null, 2));
