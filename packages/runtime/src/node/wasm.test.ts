/** WebAssembly in Node: what computes where onnxruntime-node cannot be had, and the sentence that says so. */
import { FoleyError } from "@foley-control/core";
import { describe, expect, test } from "vitest";
import { nodeRuntime } from "../node.js";
import { makeCanary, makeFloat16Canary } from "../shared/canary.js";
import { directChannel, Engine } from "../shared/engine.js";
import { hostRuntime, startOnce } from "../shared/host.js";
import { block, exact, largestDifference, numbersOf, weights, x } from "./block.test-support.js";
import { locationInPlace } from "./in-place.js";
import { nodePlatform } from "./platform.js";

const expected = exact["y"]?.data as Float64Array;

describe("WebAssembly in Node", () => {
  test("computes what the native build computes, with threads, in a worker", async () => {
    await using runtime = nodeRuntime({ device: "wasm", threads: 2 });
    const { device, runtime: name, threads, selfTest, version } = await runtime.capabilities();
    expect({ device, name, threads }).toEqual({ device: "wasm", name: "onnxruntime-web", threads: 2 });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(selfTest).toMatchObject({ passed: true });
    await using executable = await runtime.load(block(), weights);
    expect(largestDifference(numbersOf((await executable.run({ x }))["y"]), expected)).toBeLessThan(1e-5);
  });

  test("serves where the native build is missing, and the reason is told with what to do", async () => {
    const native = nodePlatform();
    const missing = new FoleyError("missing-dependency", "The package onnxruntime-node is not installed.", { hint: "Do so." });
    const lacking = {
      ...native,
      prepare: (...[device, settings]: Parameters<typeof native.prepare>) =>
        device === "cpu" ? Promise.reject(missing) : native.prepare(device, settings),
    };
    await using runtime = hostRuntime(
      startOnce(async () => directChannel(new Engine(lacking))),
      () => ({ device: "auto", threads: 1, canary: makeCanary(), float16Canary: makeFloat16Canary() }),
      { inPlace: locationInPlace },
    );
    const { device, selfTest } = await runtime.capabilities();
    expect(device).toBe("wasm");
    expect(selfTest).toMatchObject({ passed: true, fellBackFrom: "cpu", reason: missing.message, cause: "missing" });
    await using executable = await runtime.load(block(), weights);
    expect(largestDifference(numbersOf((await executable.run({ x }))["y"]), expected)).toBeLessThan(1e-5);
  });
});
