/**
 * `npm run bench -- onnx-nodes FOLDER`: how many of ONNX's own tests of single nodes are read and computed right, by the reference
 * interpreter and by ONNX Runtime; how many are refused, are wrong, or fail with an error that names nothing. The folder is written by
 * `python3 bench/onnx-nodes/write.py FOLDER` (`pip install onnx`); any folder of tests that is laid out so will do.
 *
 *     npm run bench -- onnx-nodes FOLDER --only resize --list wrong,refused
 *     npm run bench -- onnx-nodes FOLDER --select packages/graph/fixtures/onnx-nodes/cases.json
 */
import { parseArgs } from "node:util";
import { nodeRuntime } from "@foley-control/runtime/node";
import { casesOf } from "./onnx-nodes/case.js";
import { type Judged, judge } from "./onnx-nodes/judge.js";
import { writeSelection } from "./onnx-nodes/select.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "" },
    list: { type: "string", default: "wrong,raw-error" },
    select: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (!folder) throw new Error("Which folder? python3 bench/onnx-nodes/write.py FOLDER writes one.");
const { cases, others } = casesOf(folder, values.only.split(",").filter(Boolean));
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
const judged: Judged[] = [];
for (const one of cases) judged.push(await judge(one, runtime));
await runtime.dispose();
if (values.select !== undefined) {
  const right = new Set(judged.flatMap(({ name, verdict }) => (verdict === "right" ? [name] : [])));
  const small = cases.filter(({ name }) => right.has(name));
  console.log(`${writeSelection(values.select, small)} tests are written to ${values.select}`);
}
if (values.json) console.log(JSON.stringify(judged, null, 1));
else {
  const counts = new Map<string, number>();
  for (const { verdict } of judged) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const listed = values.list.split(",");
  for (const { name, verdict, why } of judged) if (listed.includes(verdict)) console.log(`${verdict.padEnd(10)} ${name}: ${why}`);
  console.log(
    `${cases.length} tests of tensors (${others} of other types): ${[...counts].map(([kind, n]) => `${n} ${kind}`).join(", ")}`,
  );
}
