/** What a test starts keeps to the share of the cores that its file has. */
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { nodeRuntime } from "@foley-control/runtime/node";
import { expect, test } from "vitest";

const share = Number(process.env["CORES_EACH"]);

test("the file itself and processes that it starts", () => {
  expect(availableParallelism()).toBe(share);
  const program = "console.log(require('node:os').availableParallelism())";
  expect(Number(execFileSync(process.execPath, ["-e", program]))).toBe(share);
});

test.each([true, false, "process"] as const)("networks, in a worker: %s", async (worker) => {
  await using runtime = nodeRuntime({ device: "cpu", worker });
  expect((await runtime.capabilities()).threads).toBe(share);
});
