/** What ends early and what is over: signals, and runtimes and networks that were disposed. */
import type { PlainTensor } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { nodeRuntime } from "../node.js";
import { block, numbers, useRuntimes, weights, width, x } from "./block.test-support.js";

const { worker } = useRuntimes();

describe("aborting and disposing", () => {
  /** About 50 ms of products. */
  function slow() {
    const a = input("a", [256, 256]);
    let y = a;
    for (let i = 0; i < 40; i++) y = ops.multiply(ops.matmul(y, a), 1 / 16);
    return graph("slow", [a], { y });
  }
  const a: PlainTensor = { dtype: "float32", shape: [256, 256], data: numbers("a", 256 * 256) };

  test("an aborted signal stops a load and a run before they start, and a run that waits", async () => {
    const reason = new Error("changed my mind");
    await expect(worker.load(slow(), undefined, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await using executable = await worker.load(slow());
    await expect(executable.run({ a }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const control = new AbortController();
    const running = executable.run({ a });
    const waiting = executable.run({ a }, { signal: control.signal });
    const refused = expect(waiting).rejects.toBe(reason);
    control.abort(reason);
    await refused; // at once, not after the run before it
    expect((await running)["y"]?.shape).toEqual([256, 256]);
    expect((await executable.run({ a }))["y"]?.shape).toEqual([256, 256]);
  });

  test("this thread stays free while the worker computes", async () => {
    await using executable = await worker.load(slow());
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await Promise.all([executable.run({ a }), executable.run({ a }), executable.run({ a })]);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  test("disposing a runtime rejects what runs and what waits, and everything after", async () => {
    const runtime = nodeRuntime({ device: "cpu", threads: 1 });
    const executable = await runtime.load(slow());
    const open = [executable.run({ a }), executable.run({ a }), executable.runOnDevice({ a })];
    const settled = Promise.allSettled(open);
    await runtime.dispose();
    for (const result of await settled) expect(result).toMatchObject({ status: "rejected", reason: { code: "disposed" } });
    await expect(executable.run({ a })).rejects.toMatchObject({ code: "disposed" });
    await expect(runtime.load(slow())).rejects.toMatchObject({ code: "disposed" });
    await expect(runtime.capabilities()).rejects.toMatchObject({ code: "disposed" });
    await executable.dispose();
    await runtime.dispose();
  });

  test("a disposed executable refuses, its runtime goes on", async () => {
    const executable = await worker.load(slow());
    await executable.dispose();
    await executable.dispose();
    await expect(executable.run({ a })).rejects.toThrow(/"slow" was disposed/);
    await using next = await worker.load(block(), weights);
    expect((await next.run({ x }))["y"]?.shape).toEqual([2, 5, width]);
  });

  test("a runtime that was never used costs nothing to dispose", async () => {
    await nodeRuntime().dispose();
  });
});
