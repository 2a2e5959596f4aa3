/** The watching sees every fault, says which input did it, and goes on with the next. */
import { expect, it } from "vitest";
import { fuzz } from "./run.js";
import { tableOf } from "./table.js";

it("sees what an input does to its process", async () => {
  const report = await fuzz({ part: "faults", seed: 1, from: 0, inputs: 8, seconds: 60 });
  const outcomes = [...report.rows].map(([kind, { processorMs: _, slowestMs: __, largestMegabytes: ___, ...row }]) => [
    kind,
    Object.entries(row).flatMap(([outcome, count]) => (count > 0 ? `${outcome} ${count}` : [])),
  ]);
  expect(Object.fromEntries(outcomes)).toEqual({
    accepts: ["accepted 1"],
    refuses: ["refused 1"],
    throws: ["other 1"],
    chatters: ["other 1"],
    dies: ["ended 1"],
    leaves: ["ended 1"],
    rejects: ["ended 1"],
    fills: ["large 1"],
  });
  expect(report.next).toBe(8);
  expect(report.findings.map(({ input }) => input)).toEqual([2, 3, 4, 5, 6, 7]);
  expect(tableOf(report)).toMatch(/ended: dies, input 4 \(npm run fuzz -- --part faults --seed 1 --input 4\)\n.*SIGABRT/);
}, 60_000);
