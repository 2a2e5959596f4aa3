/**
 * `npm run fuzz`: damaged and hostile inputs by the thousand. Each must be used or refused by a FoleyError, in time, in bounded memory, and
 * with the process alive. `npm test` runs a fixed slice of the same.
 *
 *     npm run fuzz -- 600                              ten minutes, shared by the parts
 *     npm run fuzz -- 600 --part weights --seed 7      one part, other inputs
 *     npm run fuzz -- --part weights --input 4711      one input, and what came of it
 */
import { parseArgs } from "node:util";
import { PART_NAMES, PARTS, type PartName, TESTED_PARTS } from "./parts.js";
import { type FuzzFinding, fuzz } from "./run.js";
import { tableOf } from "./table.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    part: { type: "string" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    inputs: { type: "string" },
    input: { type: "string" },
  },
});
if (values.part !== undefined && !PART_NAMES.includes(values.part as PartName)) {
  console.error(`fuzz: there is no part "${values.part}". The parts are ${PART_NAMES.join(", ")}.`);
  process.exit(2);
}
const names = values.part === undefined ? TESTED_PARTS : [values.part as PartName];
if (values.input !== undefined) await one(names[0] as PartName, Number(values.seed), Number(values.input));
let bad = 0;
for (const part of values.input === undefined ? names : []) {
  const inputs = values.inputs === undefined ? Number.POSITIVE_INFINITY : Number(values.inputs);
  const most = values.inputs === undefined ? 60 : Number.POSITIVE_INFINITY;
  const seconds = positionals[0] === undefined ? most : Number(positionals[0]) / names.length;
  const report = await fuzz({ part, seed: Number(values.seed), from: Number(values.from), inputs, seconds });
  console.log(`${tableOf(report)}\nseed ${values.seed}, inputs ${values.from} to ${report.next - 1}\n`);
  bad += await confirmed(part, report.findings);
}
process.exit(bad === 0 ? 0 : 1);

/** How many findings are some where users meet the input; says what came of those that another process takes there. */
async function confirmed(part: PartName, findings: readonly FuzzFinding[]): Promise<number> {
  const { protectedAs } = await PARTS[part]();
  if (protectedAs === undefined) return findings.length;
  let left = 0;
  for (const { input, outcome } of findings) {
    const again = { part: protectedAs as PartName, seed: Number(values.seed), from: input, inputs: 1, seconds: 120 };
    const report = outcome === "other" ? undefined : await fuzz(again);
    const bad = report === undefined || report.findings.length > 0;
    if (bad) left++;
    console.log(`input ${input}, ${outcome} here: ${bad ? "a finding" : "refused or read"} where it is protected`);
  }
  return left;
}

/** One input in this process, so that a debugger can look on. */
async function one(part: PartName, seed: number, index: number): Promise<void> {
  const { kind, size, run } = await (await PARTS[part]()).make(seed, index);
  console.log(`${kind}, ${size} bytes`);
  const started = process.cpuUsage();
  await run().then(
    () => console.log("accepted"),
    (error: unknown) => console.log(error),
  );
  const { user, system } = process.cpuUsage(started);
  const megabytes = Math.round((process.resourceUsage().maxRSS * 1024) / 2 ** 20);
  console.log(`${Math.round((user + system) / 1000)} ms of processor time, at most ${megabytes} MB`);
}
