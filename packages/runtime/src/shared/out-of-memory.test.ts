/** What an engine whose memory is used up says, and what a person hears of it. */
import { describe, expect, test } from "vitest";
import { block, weights } from "../node/block.test-support.js";
import { makeCanary, makeFloat16Canary } from "./canary.js";
import { directChannel, Engine } from "./engine.js";
import { hostRuntime, startOnce } from "./host.js";
import { isOutOfMemory } from "./out-of-memory.js";
import type { Platform, Prepared } from "./platform.js";

describe("an engine without memory", () => {
  test.each([
    new Error("Can't create a session. ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc"),
    new RangeError("Array buffer allocation failed"),
    new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded, out of memory"),
    new WebAssembly.RuntimeError("memory access out of bounds"),
    new Error("Aborted(OOM)"),
    12_582_912,
  ])("is known by its words: %s", (error) => expect(isOutOfMemory(error)).toBe(true));

  test.each([new Error("Invalid model"), new Error("Could not find an implementation for Foo(1)"), "no"])(
    "other errors are none: %s",
    (error) => expect(isOutOfMemory(error)).toBe(false),
  );

  test("says that the network does not fit, and what would help", async () => {
    // The last device is taken though its self-test fails; after that everything fails alike.
    const full = async (): Promise<Prepared> => {
      const create = () => Promise.reject(new Error("std::bad_alloc"));
      return { ort: { InferenceSession: { create } } as never, threads: 1, onGpu: false, session: {} };
    };
    const platform: Platform = {
      runtime: () => "onnxruntime-web",
      version: () => "0",
      order: () => ["wasm"],
      prepare: full,
      devices: async () => [],
    };
    const settings = { device: "wasm", threads: 1, canary: makeCanary(), float16Canary: makeFloat16Canary() } as const;
    await using runtime = hostRuntime(
      startOnce(async () => directChannel(new Engine(platform))),
      () => settings,
    );
    await expect(runtime.load(block(), weights)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(/does not fit into the memory of wasm: std::bad_alloc.*int8/s),
    });
  });
});
