/** The self-test: it passes on the CPU, and a device that computes wrong numbers is left for the next. */
import { describe, expect, test } from "vitest";
import { makeCanary, makeFloat16Canary, selfTestTolerance } from "../shared/canary.js";
import { directChannel, Engine } from "../shared/engine.js";
import { hostRuntime, startOnce } from "../shared/host.js";
import type { Platform } from "../shared/platform.js";
import type { Device } from "../shared/protocol.js";
import { block, exact, largestDifference, numbersOf, useRuntimes, weights, x } from "./block.test-support.js";
import { nodePlatform } from "./platform.js";

const { worker } = useRuntimes();

describe("self-test", () => {
  /** The CPU under the names of several devices; on those listed as broken the numbers are wrong. */
  function platform(order: readonly Device[], broken: readonly Device[]): Platform {
    const real = nodePlatform();
    return {
      ...real,
      order: () => order,
      async prepare(device, settings) {
        const prepared = await real.prepare("cpu", settings);
        if (!broken.includes(device)) return prepared;
        const { InferenceSession } = prepared.ort;
        const wrong: typeof InferenceSession.create = async (...parameters: unknown[]) => {
          const session = await (
            InferenceSession.create as (...all: unknown[]) => Promise<Awaited<ReturnType<typeof InferenceSession.create>>>
          )(...parameters);
          const run = session.run.bind(session);
          session.run = async (feeds: Parameters<typeof run>[0]) => {
            const outputs = await run(feeds);
            const softmax = outputs["softmax"]?.data as Float32Array | undefined;
            if (softmax) softmax[7] = 0.5;
            return outputs;
          };
          return session;
        };
        return { ...prepared, ort: { ...prepared.ort, InferenceSession: { create: wrong } as typeof InferenceSession } };
      },
    };
  }
  const start = (on: Platform, canary = makeCanary(), device: "auto" | Device = "auto") =>
    hostRuntime(
      startOnce(async () => directChannel(new Engine(on))),
      () => ({ device, threads: 1, canary, float16Canary: makeFloat16Canary() }),
    );

  test("passes on the CPU with float32's error", async () => {
    const { device, selfTest, threads, version } = await worker.capabilities();
    expect(device).toBe("cpu");
    expect(threads).toBe(1);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(selfTest.passed).toBe(true);
    expect(selfTest.maxError).toBeGreaterThan(0);
    expect(selfTest.maxError).toBeLessThan(1e-5);
    expect(selfTest).not.toHaveProperty("fellBackFrom");
  });

  test("a device that computes wrong numbers is left for the next, and it is said", async () => {
    await using runtime = start(platform(["webgpu", "cpu"], ["webgpu"]));
    const { device, selfTest } = await runtime.capabilities();
    expect(device).toBe("cpu");
    expect(selfTest).toMatchObject({
      passed: true,
      fellBackFrom: "webgpu",
      reason: expect.stringMatching(/webgpu failed: "softmax" is off by 0\.\d+/),
      cause: "wrong",
    });
    await using executable = await runtime.load(block(), weights);
    expect(largestDifference(numbersOf((await executable.run({ x }))["y"]), exact["y"]?.data as Float64Array)).toBeLessThan(1e-5);
  });

  test("wrong expectations fail everywhere: the last device is used and reported as failed", async () => {
    const right = makeCanary();
    const erf = (right.expected["erf"] as Float64Array).slice();
    erf[3] = (erf[3] as number) + 2 * selfTestTolerance;
    await using runtime = start(platform(["webgpu", "cpu"], []), { ...right, expected: { ...right.expected, erf } });
    const { device, selfTest } = await runtime.capabilities();
    expect(device).toBe("cpu");
    expect(selfTest).toMatchObject({ passed: false, fellBackFrom: "webgpu" });
    expect(selfTest.maxError).toBeCloseTo(2 * selfTestTolerance, 4);
  });

  test("the network is the same every time it is made", () => {
    expect(makeCanary()).toEqual(makeCanary());
  });
});
