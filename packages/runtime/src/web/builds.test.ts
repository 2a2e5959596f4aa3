/** Which build of ONNX Runtime is started, and what takes over; engines are made up, the real ones are in `browser/`. */
import { expect, test } from "vitest";
import type { StartedEngine } from "../shared/host.js";
import { type Build, buildsFor, startFirst, suspends } from "./builds.js";

/** Starts builds that compute on the devices given; those that are not named do not start. */
function starts(devices: Partial<Record<Build, string>>) {
  const seen: string[] = [];
  const start = async (build: Build): Promise<StartedEngine> => {
    seen.push(build);
    const device = devices[build];
    if (device === undefined) throw new Error(`${build} does not start`);
    const close = async () => void seen.push(`${build} closed`);
    return { channel: { close }, report: { device, build } } as unknown as StartedEngine;
  };
  return { seen, start };
}

test("the smaller build is tried first where the browser suspends WebAssembly, and only on WebGPU", async () => {
  expect(suspends({ Suspending: class {} })).toBe(true);
  expect(suspends({})).toBe(false);
  expect(await buildsFor("webgpu", true)).toEqual(["jspi", "webgpu"]);
  expect(await buildsFor("webgpu", false)).toEqual(["webgpu"]);
  expect(await buildsFor("wasm", true)).toEqual(["wasm"]);
  // Here is no adapter.
  expect(await buildsFor("auto", true)).toEqual(["wasm"]);
});

test("the first that computes on WebGPU is taken; one that does not is closed before the next starts", async () => {
  const both = starts({ jspi: "webgpu", webgpu: "webgpu" });
  expect((await startFirst(["jspi", "webgpu"], both.start)).report).toMatchObject({ build: "jspi", device: "webgpu" });
  expect(both.seen).toEqual(["jspi"]);
  const wrong = starts({ jspi: "wasm", webgpu: "webgpu" });
  expect((await startFirst(["jspi", "webgpu"], wrong.start)).report).toMatchObject({ build: "webgpu", device: "webgpu" });
  expect(wrong.seen).toEqual(["jspi", "jspi closed", "webgpu"]);
  const broken = starts({ webgpu: "wasm" });
  expect((await startFirst(["jspi", "webgpu"], broken.start)).report).toMatchObject({ build: "webgpu", device: "wasm" });
  await expect(startFirst(["jspi", "webgpu"], starts({}).start)).rejects.toThrow("webgpu does not start");
});
