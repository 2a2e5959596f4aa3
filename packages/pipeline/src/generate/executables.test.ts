/** What stays loaded, on the real runtime: an executable that was let go refuses to run. */
import { memoryParameters, normalArray, type StoredParameter } from "@foley-control/core";
import { graph, input, ops, parameter } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, it } from "vitest";
import { createExecutables, type Lease, leaseAll } from "./executables.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

const ROWS = 64;
const bytes = 4 * ROWS * ROWS;
const weights = memoryParameters({
  w: { dtype: "float32", shape: [ROWS, ROWS], data: normalArray(1, ["w"], ROWS * ROWS) },
});
function build() {
  const x = input("x", [1, ROWS]);
  return graph("product", [x], { y: ops.matmul(x, parameter("w", [ROWS, ROWS])) });
}
const runs = async ({ executable }: Lease): Promise<boolean> => {
  const x = { dtype: "float32", shape: [1, ROWS], data: new Float32Array(ROWS) } as const;
  return executable.run({ x }).then(
    () => true,
    () => false,
  );
};

describe("executables", () => {
  it("loads once what is asked for twice, and keeps what fits", async () => {
    const executables = createExecutables(runtime, { keptBytes: 2 * bytes });
    using a = await executables.lease("a", build, weights);
    using again = await executables.lease("a", build, weights);
    expect(again.executable).toBe(a.executable);
    expect(a.executable.weightBytes).toBe(bytes);
    a[Symbol.dispose]();
    again[Symbol.dispose]();
    expect(await runs(a)).toBe(true);
    await executables.dispose();
    expect(await runs(a)).toBe(false);
  });

  it("lets go what is not in use when weights are more than is kept, the oldest first", async () => {
    const executables = createExecutables(runtime, { keptBytes: 2 * bytes });
    const [a, b] = [await executables.lease("a", build, weights), await executables.lease("b", build, weights)];
    a[Symbol.dispose]();
    b[Symbol.dispose]();
    using c = await executables.lease("c", build, weights);
    expect([await runs(a), await runs(b), await runs(c)]).toEqual([false, true, true]);
    await executables.dispose();
  });

  it("never takes away what is in use, and lets it go when it is given back", async () => {
    const executables = createExecutables(runtime, { keptBytes: 0 });
    const [first, second] = [await executables.lease("a", build, weights), await executables.lease("a", build, weights)];
    using other = await executables.lease("b", build, weights);
    first[Symbol.dispose]();
    first[Symbol.dispose](); // twice counts once
    expect([await runs(second), await runs(other)]).toEqual([true, true]);
    second[Symbol.dispose]();
    await new Promise(setImmediate); // letting go begins at once, and ends later
    expect([await runs(second), await runs(other)]).toEqual([false, true]);
    await executables.dispose();
  });

  it("runs in stages what is large and rarely asked for, where there is a limit", async () => {
    const large = () => {
      const x = input("x", [1, ROWS]);
      return graph("large", [x], { y: ["w", "v", "u"].reduce((y, name) => ops.matmul(y, parameter(name, [ROWS, ROWS])), x) });
    };
    const w = weights.get("w") as StoredParameter;
    const all = { names: () => ["w", "v", "u"], get: () => w };
    const staged = async (rare: boolean, keptBytes: number) => {
      const executables = createExecutables(runtime, { keptBytes, stageBytes: bytes });
      using lease = await executables.lease("large", large, all, { rare });
      expect(await runs(lease)).toBe(true);
      await executables.dispose();
      return lease.executable.weightBytes === undefined;
    };
    expect([await staged(true, 0), await staged(false, 0), await staged(true, Infinity)]).toEqual([true, false, false]);
  });

  it("tries again after a failed load, and keeps nothing of a pair of which one fails", async () => {
    const executables = createExecutables(runtime, { keptBytes: 0 });
    const none = memoryParameters({});
    await expect(executables.lease("a", build, none)).rejects.toThrow(/lack 1/);
    const [good, bad] = [executables.lease("a", build, weights), executables.lease("b", build, none)];
    await expect(leaseAll([good, bad])).rejects.toThrow(/lack 1/);
    expect(await runs(await good)).toBe(false);
    await executables.dispose();
  });
});
