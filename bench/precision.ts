/**
 * `npm run bench -- precision`: networks of real width in every precision on the CPU: how far they are from what the reference computed in
 * float32 (of MMAudio and Stable Audio 3 small, with one block in each network: from what is computed here in float32), how much of one processor's time
 * a run takes beside float32, and how many bytes of weights are handed to ONNX Runtime.
 *
 *     npm run bench -- precision --only sao --repeat 5
 *     npm run bench -- precision --only small-16k --seconds 8
 */
import { parseArgs } from "node:util";
import { measurePrecisions, type PrecisionRow } from "./precision/measure.js";
import { REAL_WIDTH_CASES, type RealWidthCase, realWidthCase } from "./precision/real-width.js";
import { RELEASED, withReleased } from "./precision/released.js";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    repeat: { type: "string", default: "5" },
    seconds: { type: "string", default: "8" },
    json: { type: "boolean", default: false },
  },
});
const report: Record<string, Record<string, PrecisionRow>> = {};
const only = values.only ?? "";

async function measure(one: RealWidthCase): Promise<void> {
  const rows = await measurePrecisions(one, Number(values.repeat));
  report[one.name] = rows;
  if (values.json) return;
  console.log(one.name);
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

for (const name of REAL_WIDTH_CASES.filter((one) => one.includes(only))) await measure(realWidthCase(name));
for (const model of RELEASED.filter((one) => one.includes(only)))
  await withReleased(model, Number(values.seconds), async (cases) => {
    for (const one of cases) await measure(one);
  });
if (values.json) console.log(JSON.stringify(report, null, 2));
