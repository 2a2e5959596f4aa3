/** What native libraries write stays out of the program's error output, and is told to who asks for every device. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { RuntimeCapabilities } from "@foley-control/core";
import { expect, test } from "vitest";

/** Runs a program in Node against the sources; native code writes past everything that could be watched from within. */
function runProgram(program: string) {
  const flags = ["--conditions=@foley-control/source", "--import", "tsx", "--input-type=module", "-e", program];
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  return spawnSync(process.execPath, flags, { cwd: folder, encoding: "utf8" });
}

test("a graphics card that is asked for, and every device tried, write nothing to stderr; only who asks has them started", () => {
  const { stdout, stderr, status, signal } = runProgram(`
    const { nodeRuntime } = await import("@foley-control/runtime/node");
    const runtime = nodeRuntime({ device: "webgpu" });
    await runtime.capabilities().catch(() => undefined);
    await runtime.dispose();
    const other = nodeRuntime();
    console.log(JSON.stringify([await other.capabilities(), await other.capabilities({ devices: true })]));
    await other.dispose();`);
  expect({ stderr, status, signal }).toEqual({ stderr: "", status: 0, signal: null });
  const [unasked, asked] = JSON.parse(stdout) as readonly RuntimeCapabilities[];
  expect(unasked).not.toHaveProperty("devices");
  expect(asked?.devices?.map(({ device }) => device)).toEqual(["cpu", "webgpu", "cuda", "wasm"]);
  for (const { available, reason } of asked?.devices ?? []) expect(available || (reason ?? "").length > 20).toBe(true);
});
